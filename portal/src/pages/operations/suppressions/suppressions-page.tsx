import { Button, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { answered, api } from '../../../api/client.ts';
import { useMay } from '../../../app/session.tsx';
import { type Column, PagedTable } from '../../../parts/data-table.tsx';
import { Page } from '../../../parts/page.tsx';
import { EditMenu } from '../../../parts/row-menu.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { usePages } from '../../../parts/use-pages.ts';
import { formatCount } from '../../../text/en.ts';
import { channelWords } from '../../../text/words.ts';
import { AddSuppression } from './add-suppression.tsx';
import { ChangeSuppression, DeleteSuppression } from './change-suppression.tsx';
import type { Suppression } from './new-suppression.ts';
import { text } from './text.ts';

type Doing = { readonly what: 'add' } | { readonly what: 'change' | 'delete'; readonly row: Suppression };

/** Who is held back, from what and until when. */
export function SuppressionsPage() {
  const may = useMay();
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  const add = may('importLists') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDoing({ what: 'add' })}>
      {text.add}
    </Button>
  );
  return (
    <Page title={text.title} lead={text.lead} actions={add}>
      <SuppressionTable begin={may('manageSuppressions') ? setDoing : undefined} add={add} />
      {doing?.what === 'add' && <AddSuppression close={close} />}
      {doing?.what === 'change' && <ChangeSuppression suppressionId={doing.row.id} close={close} />}
      {doing?.what === 'delete' && <DeleteSuppression row={doing.row} close={close} />}
    </Page>
  );
}

function SuppressionTable(props: { begin: ((doing: Doing) => void) | undefined; add: ReactNode }) {
  const { begin, add } = props;
  const pages = usePages({
    queryKey: ['suppressions'],
    read: ({ page, signal }) => answered(api.GET('/service/suppressions', { params: { query: page }, signal })),
  });
  return (
    <PagedTable
      pages={pages}
      caption={text.caption}
      columns={columns}
      menu={
        begin &&
        ((row) => (
          <EditMenu
            name={row.name}
            change={() => begin({ what: 'change', row })}
            remove={() => begin({ what: 'delete', row })}
          />
        ))
      }
      keyOf={({ id }) => id}
      empty={<EmptyState title={text.emptyTitle} body={text.empty} actions={add} />}
      countOf={text.count}
    />
  );
}

const columns: readonly Column<Suppression>[] = [
  {
    key: 'name',
    header: text.columns.name,
    cell: (row) => (
      <>
        <Text size="sm" fw={550}>
          {row.name}
        </Text>
        <Text size="xs" className="quiet">
          {text.source[row.source]}
        </Text>
      </>
    ),
  },
  {
    key: 'channel',
    header: text.columns.channel,
    hidesBelow: 'small',
    cell: ({ channel }) => channelWords[channel],
  },
  {
    key: 'until',
    header: text.columns.until,
    cell: ({ state, expiresOn }) =>
      state === 'active' ? (
        <StateMark tone="good" label={text.until(expiresOn)} />
      ) : (
        <StateMark tone="quiet" label={text.expired(expiresOn)} />
      ),
  },
  {
    key: 'count',
    header: text.columns.count,
    isRight: true,
    cell: ({ state, customerCount }) => formatCount(state === 'active' ? customerCount : 0),
  },
];
