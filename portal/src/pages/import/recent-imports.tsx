import { Stack, Title } from '@mantine/core';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { ImportStateMark } from '../../parts/import-state.tsx';
import { Link } from '../../parts/link.tsx';
import { Ago } from '../../parts/moment.tsx';
import { formatCount } from '../../text/en.ts';
import type { ImportLedger } from './sending/import-ledger.ts';
import { text } from './text.ts';

const shownImports = 5;

const recentQuery = queryOptions({
  queryKey: ['imports', 'recent'],
  queryFn: async ({ signal }) => {
    const state = ['staged', 'matching', 'completed', 'rejected', 'failed', 'canceled'];
    const query = { state, limit: shownImports };
    return await answered(api.GET('/service/customerAudienceImports', { params: { query }, signal }));
  },
});

/** The way back to an import that was left: while it runs, and after. Without any there is nothing to show. */
export function RecentImports() {
  const { data } = useQuery(recentQuery);
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Stack gap="xs" component="section" aria-labelledby="recent-title">
      <Title order={2} size="h5" id="recent-title">
        {text.recent.title}
      </Title>
      <DataTable caption={text.recent.title} columns={columns} rows={data.items} keyOf={({ id }) => id} />
    </Stack>
  );
}

const columns: readonly Column<ImportLedger>[] = [
  {
    key: 'file',
    header: text.recent.columns.file,
    cell: ({ id, fileName }) => (
      <Link to="/import/$importId" params={{ importId: id }} search={{}} size="sm" fw={550} c="inherit">
        {fileName}
      </Link>
    ),
  },
  { key: 'state', header: text.recent.columns.state, cell: ({ state }) => <ImportStateMark state={state} /> },
  {
    key: 'lines',
    header: text.recent.columns.lines,
    isRight: true,
    hidesBelow: 'small',
    cell: ({ lineCount }) => formatCount(lineCount),
  },
  {
    key: 'customers',
    header: text.recent.columns.customers,
    isRight: true,
    cell: ({ customerCount }) => formatCount(customerCount),
  },
  {
    key: 'at',
    header: text.recent.columns.at,
    isRight: true,
    hidesBelow: 'small',
    cell: ({ createdAt }) => <Ago at={createdAt} />,
  },
];
