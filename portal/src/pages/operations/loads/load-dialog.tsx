import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Dialog } from '../../../parts/dialog.tsx';
import { Figures } from '../../../parts/figures.tsx';
import { LoadingState, ProblemState } from '../../../parts/states.tsx';
import { formatMoment } from '../../../text/en.ts';
import { ReasonTable } from '../imports/reason-table.tsx';
import { loadCalls } from './load-calls.ts';
import { isMoving, type Load, type LoadKind } from './search.ts';
import { text } from './text.ts';

/** What became of every row of one load. */
export function LoadDialog({ kind, loadId, close }: { kind: LoadKind; loadId: string; close: () => void }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['loads', kind, 'one', loadId],
    queryFn: ({ signal }) => loadCalls[kind].get(loadId, signal),
    refetchInterval: ({ state }) => (state.data !== undefined && isMoving(state.data) ? 1_000 : false),
  });
  const title = data === undefined ? text.title[kind] : formatMoment(data.createdAt);
  return (
    <Dialog title={title} close={close} size="lg">
      {error !== null && <ProblemState error={error} retry={refetch} />}
      {data === undefined ? error === null && <LoadingState /> : <Rows load={data} />}
    </Dialog>
  );
}

const rowCounts = ['insertedCount', 'updatedCount', 'unchangedCount', 'invalidCount'] as const;

function Rows({ load }: { load: Load }) {
  const returned = 'returnedCount' in load ? [{ label: text.details.returnedCount, count: load.returnedCount }] : [];
  return (
    <Stack gap="lg">
      <Text size="sm" className="quiet" role="status">
        {text.modes[load.mode]}. {text.states[load.state]}.
      </Text>
      {load.problem !== undefined && (
        <Text size="sm">
          <b>{load.problem.title}.</b> {load.problem.detail}
        </Text>
      )}
      <Figures
        caption={text.details.rows}
        figures={[...rowCounts.map((key) => ({ label: text.details[key], count: load[key] })), ...returned]}
        total={{ label: text.details.lineCount, count: load.lineCount }}
      />
      {load.mode === 'replace' && (
        <Figures figures={[{ label: text.details.removedCount, count: load.removedCount }]} />
      )}
      <ReasonTable caption={text.details.reasons} reasons={load.invalidReasons} words={text.reasons} />
      <ReasonTable caption={text.details.cells} reasons={load.invalidCells} words={text.reasons} />
    </Stack>
  );
}
