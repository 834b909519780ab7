import { Button, Code, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { answered, api } from '../../../api/client.ts';
import { type Column, PagedTable } from '../../../parts/data-table.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { StateMark, type Tone } from '../../../parts/state-mark.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { useActorNames } from '../../../parts/use-actor-names.ts';
import { usePages } from '../../../parts/use-pages.ts';
import { formatCount, formatMoment } from '../../../text/en.ts';
import type { AuditEntry, AuditSearch } from './search.ts';
import { text } from './text.ts';

const toneOf = {
  done: 'good',
  preview: 'quiet',
  refused: 'quiet',
  denied: 'bad',
} as const satisfies Record<AuditEntry['outcome'], Tone>;

/** Read when somebody asks, never by itself: each page is an act of its own. */
export function AuditTable({ search: { operation, outcome } }: { search: AuditSearch }) {
  const [open, setOpen] = useState<AuditEntry>();
  const pages = usePages({
    queryKey: ['audit', operation ?? '', outcome ?? ''],
    read: ({ page, signal }) => {
      const filters = {
        ...(operation === undefined ? {} : { operation }),
        ...(outcome === undefined ? {} : { outcome: [outcome] }),
      };
      return answered(api.GET('/service/auditEntries', { params: { query: { ...page, ...filters } }, signal }));
    },
    readsOnce: true,
  });
  const entries = pages.data?.pages.flatMap(({ items }) => items) ?? [];
  const nameOf = useActorNames(
    entries.flatMap(({ principalId, applicationId }) => [
      principalId,
      ...(applicationId === undefined ? [] : [applicationId]),
    ]),
  );
  return (
    <>
      <PagedTable
        pages={pages}
        caption={text.caption}
        columns={columnsFor(nameOf, setOpen)}
        keyOf={({ sequence }) => String(sequence)}
        empty={<EmptyState title={text.emptyTitle} body={text.empty} />}
      />
      {open !== undefined && <Entry entry={open} close={() => setOpen(undefined)} />}
    </>
  );
}

type NameOf = (id: string) => string;

function columnsFor(nameOf: NameOf, open: (entry: AuditEntry) => void): readonly Column<AuditEntry>[] {
  return [
    {
      key: 'at',
      header: text.columns.at,
      cell: ({ at, sequence }) => (
        <>
          <Text size="sm" className="figures">
            {formatMoment(at)}
          </Text>
          <Text size="xs" className="quiet figures">
            {text.number(formatCount(sequence))}
          </Text>
        </>
      ),
    },
    { key: 'operation', header: text.columns.operation, cell: ({ operation }) => operation },
    {
      key: 'who',
      header: text.columns.who,
      cell: ({ principalId, address }) => (
        <>
          <Text size="sm">{nameOf(principalId)}</Text>
          {address !== undefined && (
            <Text size="xs" className="quiet">
              {text.from(address)}
            </Text>
          )}
        </>
      ),
    },
    {
      key: 'outcome',
      header: text.columns.outcome,
      hidesBelow: 'small',
      cell: ({ outcome }) => <StateMark tone={toneOf[outcome]} label={text.outcomes[outcome]} />,
    },
    {
      key: 'detail',
      header: text.columns.detail,
      isHeaderHidden: true,
      isRight: true,
      cell: (entry) => (
        <Button
          size="compact-sm"
          variant="subtle"
          aria-label={text.detailOf(formatCount(entry.sequence))}
          onClick={() => open(entry)}
        >
          {text.columns.detail}
        </Button>
      ),
    },
  ];
}

function Entry({ entry, close }: { entry: AuditEntry; close: () => void }) {
  const nameOf = useActorNames(
    [entry.principalId, entry.applicationId, entry.resource].filter((id) => id !== undefined),
  );
  const rows = [
    [text.entry.principal, `${text.kinds[entry.principalKind]}: ${nameOf(entry.principalId)}`],
    [text.entry.application, entry.applicationId && nameOf(entry.applicationId)],
    [text.entry.address, entry.address],
    [text.entry.resource, entry.resource && nameOf(entry.resource)],
    [text.entry.hash, entry.hash],
  ] as const;
  return (
    <Dialog title={`${entry.operation}, ${text.outcomes[entry.outcome].toLowerCase()}`} close={close} size="lg">
      <Stack gap="md">
        <Text size="sm" className="quiet">
          {text.number(formatCount(entry.sequence))}, {formatMoment(entry.at)}
        </Text>
        {rows.map(
          ([label, value]) =>
            value !== undefined && (
              <div key={label}>
                <Text size="sm" fw={600}>
                  {label}
                </Text>
                <Text size="sm">{value}</Text>
              </div>
            ),
        )}
        <div>
          <Text size="sm" fw={600} mb={4}>
            {text.entry.detail}
          </Text>
          <Code block>{JSON.stringify(entry.detail, null, 2)}</Code>
        </div>
      </Stack>
    </Dialog>
  );
}
