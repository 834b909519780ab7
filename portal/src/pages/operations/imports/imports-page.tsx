import { Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { answered, api } from '../../../api/client.ts';
import { useMay } from '../../../app/session.tsx';
import { ChoiceFilter } from '../../../parts/choice-select.tsx';
import { type Column, PagedTable } from '../../../parts/data-table.tsx';
import { ImportStateMark } from '../../../parts/import-state.tsx';
import { ButtonLink } from '../../../parts/link.tsx';
import { Ago } from '../../../parts/moment.tsx';
import { Page } from '../../../parts/page.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { usePages } from '../../../parts/use-pages.ts';
import { formatCount } from '../../../text/en.ts';
import { identifierTypeWords, importStateWords } from '../../../text/words.ts';
import { ImportDialog } from './import-dialog.tsx';
import { type Import, type ImportSearch, importStates, isMoving } from './search.ts';
import { text } from './text.ts';

/** Every list that was sent, with what became of it; running ones move. */
export function ImportsPage() {
  const may = useMay();
  const search = useSearch({ from: '/operations/imports' });
  const navigate = useNavigate({ from: '/operations/imports' });
  const importLink = may('importLists') && (
    <ButtonLink to="/import" leftSection={<IconFileImport size={16} aria-hidden />}>
      {text.import}
    </ButtonLink>
  );
  return (
    <Page title={text.title} lead={text.lead} actions={importLink}>
      <Stack gap="md">
        <Group>
          <ChoiceFilter
            aria-label={text.stateLabel}
            w={200}
            any={text.anyState}
            values={importStates}
            words={importStateWords}
            value={search.state}
            change={(state) => void navigate({ search: state === undefined ? {} : { state }, replace: true })}
          />
        </Group>
        <ImportTable search={search} />
      </Stack>
      {search.import !== undefined && (
        <ImportDialog
          importId={search.import}
          close={() => void navigate({ search: ({ import: _closed, ...rest }) => rest, replace: true })}
        />
      )}
    </Page>
  );
}

function ImportTable({ search: { state } }: { search: ImportSearch }) {
  const pages = usePages({
    queryKey: ['imports', state ?? 'any'],
    read: ({ page, signal }) => {
      const query = { ...page, ...(state === undefined ? {} : { state: [state] }) };
      return answered(api.GET('/service/customerAudienceImports', { params: { query }, signal }));
    },
    isMoving,
  });
  const empty =
    state === undefined ? (
      <EmptyState title={text.emptyTitle} body={text.empty} />
    ) : (
      <EmptyState title={text.noneTitle} body={text.none} />
    );
  return (
    <PagedTable
      pages={pages}
      caption={text.caption}
      columns={columns}
      keyOf={({ id }) => id}
      empty={empty}
      countOf={text.count}
    />
  );
}

function count(
  key: 'matchedCount' | 'unmatchedCount' | 'invalidCount' | 'lineCount' | 'customerCount',
  header: string,
) {
  return { key, header, isRight: true, cell: (row: Import) => formatCount(row[key]) } as const;
}

const columns: readonly Column<Import>[] = [
  { key: 'file', header: text.columns.file, cell: (row) => <FileCell row={row} /> },
  {
    key: 'state',
    header: text.columns.state,
    cell: ({ state }) => <ImportStateMark state={state} />,
  },
  { ...count('lineCount', text.columns.lines), hidesBelow: 'small' },
  count('matchedCount', text.columns.matched),
  { ...count('unmatchedCount', text.columns.unmatched), hidesBelow: 'medium' },
  { ...count('invalidCount', text.columns.invalid), hidesBelow: 'medium' },
  { ...count('customerCount', text.columns.customers), hidesBelow: 'medium' },
  {
    key: 'startedAt',
    header: text.columns.startedAt,
    isRight: true,
    hidesBelow: 'small',
    cell: ({ createdAt }) => <Ago at={createdAt} />,
  },
];

function FileCell({ row }: { row: Import }) {
  const navigate = useNavigate({ from: '/operations/imports' });
  return (
    <>
      <UnstyledButton
        fw={550}
        fz="sm"
        aria-label={text.detailsOf(row.fileName)}
        onClick={() => void navigate({ search: (before) => ({ ...before, import: row.id }) })}
      >
        {row.fileName}
      </UnstyledButton>
      <Text size="xs" className="quiet">
        {text.modes[row.mode]} · {identifierTypeWords[row.identifierType]}
      </Text>
    </>
  );
}
