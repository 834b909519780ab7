import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answered, api, done } from '../../../api/client.ts';
import { useMay, useSession } from '../../../app/session.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { Figures } from '../../../parts/figures.tsx';
import { ButtonLink } from '../../../parts/link.tsx';
import { LoadingState, ProblemState } from '../../../parts/states.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { formatMoment } from '../../../text/en.ts';
import { importStateWords, invalidReasonWords } from '../../../text/words.ts';
import { ReasonTable } from './reason-table.tsx';
import { type Import, isMoving } from './search.ts';
import { text } from './text.ts';

/** The whole ledger of one import: what its lines became, and why. */
export function ImportDialog({ importId, close }: { importId: string; close: () => void }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['imports', 'one', importId],
    queryFn: ({ signal }) =>
      answered(api.GET('/service/customerAudienceImports/{importId}', { params: { path: { importId } }, signal })),
    refetchInterval: ({ state }) => (state.data !== undefined && isMoving(state.data) ? 1_000 : false),
  });
  return (
    <Dialog title={data?.fileName ?? text.title} close={close} size="lg">
      {error !== null && <ProblemState error={error} retry={refetch} />}
      {data === undefined ? error === null && <LoadingState /> : <Ledger row={data} />}
    </Dialog>
  );
}

const lineCounts = [
  'matchedCount',
  'ambiguousCount',
  'unmatchedCount',
  'duplicateCount',
  'invalidCount',
  'blankCount',
  'headerCount',
] as const;

function Ledger({ row }: { row: Import }) {
  const { problem } = row;
  return (
    <Stack gap="lg">
      <Text size="sm" className="quiet">
        {importStateWords[row.state]}. {text.details.by(text.modes[row.mode], formatMoment(row.createdAt))}.
      </Text>
      {problem !== undefined && (
        <Text size="sm">
          <b>{problem.title}.</b> {problem.detail}
        </Text>
      )}
      <Figures
        caption={text.details.counts}
        figures={lineCounts.map((key) => ({ label: text.details[key], count: row[key] }))}
        total={{ label: text.details.lineCount, count: row.lineCount }}
      />
      <Figures figures={[{ label: text.details.customers, count: row.customerCount }]} />
      <ReasonTable caption={text.details.reasons} reasons={row.invalidReasons} words={invalidReasonWords} />
      <Ways row={row} />
    </Stack>
  );
}

function Ways({ row }: { row: Import }) {
  const may = useMay();
  const { person } = useSession();
  const cancel = useChange({
    change: (importId: string) =>
      done(api.DELETE('/service/customerAudienceImports/{importId}', { params: { path: { importId } } })),
    refreshes: [['imports']],
    says: () => text.details.canceled,
  });
  const mayCancel = may('importLists') && row.createdBy === person.id && isMoving(row);
  return (
    <Group justify="flex-end">
      {mayCancel && (
        <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate(row.id)}>
          {text.details.cancel}
        </Button>
      )}
      {row.customerAudienceId !== undefined && row.state === 'completed' && (
        <ButtonLink to="/audiences/$audienceId" params={{ audienceId: row.customerAudienceId }}>
          {text.details.open}
        </ButtonLink>
      )}
    </Group>
  );
}
