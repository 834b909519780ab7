import { Button, Group, UnstyledButton } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { useMay } from '../../../app/session.tsx';
import { type Column, PagedTable } from '../../../parts/data-table.tsx';
import { Link } from '../../../parts/link.tsx';
import { Page } from '../../../parts/page.tsx';
import { StateMark, type Tone } from '../../../parts/state-mark.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { usePages } from '../../../parts/use-pages.ts';
import { formatCount, formatMoment } from '../../../text/en.ts';
import { loadCalls } from './load-calls.ts';
import { LoadDialog } from './load-dialog.tsx';
import { NewLoad } from './new-load.tsx';
import { isMoving, type Load, type LoadKind, type LoadState } from './search.ts';
import { text } from './text.ts';

export function CustomerLoadsPage() {
  const { load } = useSearch({ from: '/operations/customer-loads' });
  const navigate = useNavigate({ from: '/operations/customer-loads' });
  return (
    <Loads kind="customer" open={load} show={(id) => void navigate({ search: id === undefined ? {} : { load: id } })} />
  );
}

export function AccountLoadsPage() {
  const { load } = useSearch({ from: '/operations/account-loads' });
  const navigate = useNavigate({ from: '/operations/account-loads' });
  return (
    <Loads kind="account" open={load} show={(id) => void navigate({ search: id === undefined ? {} : { load: id } })} />
  );
}

interface LoadsProps {
  readonly kind: LoadKind;
  /** The load whose details are open. */
  readonly open: string | undefined;
  readonly show: (loadId: string | undefined) => void;
}

function Loads({ kind, open, show }: LoadsProps) {
  const may = useMay();
  const [isAdding, setAdding] = useState(false);
  const add = may('loadCustomers') && (
    <Button leftSection={<IconUpload size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {text.add[kind]}
    </Button>
  );
  const pages = usePages({
    queryKey: ['loads', kind],
    read: ({ page, signal }) => loadCalls[kind].list(page, signal),
    isMoving,
  });
  return (
    <Page title={text.title[kind]} lead={text.lead[kind]} actions={add}>
      <PagedTable
        pages={pages}
        caption={text.title[kind]}
        columns={[loadColumn(show), ...columns]}
        keyOf={({ id }) => id}
        empty={<Empty kind={kind} add={add} />}
        countOf={text.count}
      />
      {open !== undefined && <LoadDialog kind={kind} loadId={open} close={() => show(undefined)} />}
      {isAdding && (
        <NewLoad
          kind={kind}
          close={() => setAdding(false)}
          begun={(id) => {
            setAdding(false);
            if (id !== undefined) show(id);
          }}
        />
      )}
    </Page>
  );
}

function Empty({ kind, add }: { kind: LoadKind; add: ReactNode }) {
  const actions = (
    <Group>
      {add}
      <Link
        to="/help/$kind/$name"
        params={{ kind: 'guides', name: kind === 'customer' ? 'load-customers' : 'load-accounts' }}
      >
        {text.guide}
      </Link>
    </Group>
  );
  return <EmptyState title={text.emptyTitle[kind]} body={text.empty[kind]} actions={actions} />;
}

export const toneOfState = {
  receiving: 'busy',
  publishing: 'busy',
  completed: 'good',
  rejected: 'bad',
  failed: 'bad',
  preview: 'quiet',
} as const satisfies Record<LoadState, Tone>;

function loadColumn(show: (loadId: string) => void): Column<Load> {
  return {
    key: 'load',
    header: text.columns.load,
    cell: ({ id, createdAt }) => (
      <UnstyledButton fw={550} fz="sm" aria-label={text.detailsOf(formatMoment(createdAt))} onClick={() => show(id)}>
        {formatMoment(createdAt)}
      </UnstyledButton>
    ),
  };
}

type CountName = 'lineCount' | 'insertedCount' | 'updatedCount' | 'removedCount' | 'invalidCount';

function count(key: CountName, header: string) {
  return { key, header, isRight: true, cell: (row: Load) => formatCount(row[key]) } as const;
}

const columns: readonly Column<Load>[] = [
  { key: 'mode', header: text.form.mode, hidesBelow: 'small', cell: ({ mode }) => text.modes[mode] },
  {
    key: 'state',
    header: text.columns.state,
    cell: ({ state }) => <StateMark tone={toneOfState[state]} label={text.states[state]} />,
  },
  count('lineCount', text.columns.rows),
  { ...count('insertedCount', text.columns.inserted), hidesBelow: 'small' },
  { ...count('updatedCount', text.columns.updated), hidesBelow: 'medium' },
  { ...count('removedCount', text.columns.removed), hidesBelow: 'medium' },
  { ...count('invalidCount', text.columns.invalid), hidesBelow: 'medium' },
];
