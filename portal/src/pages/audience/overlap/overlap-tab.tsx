import { Stack } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { type Audience, answered, api } from '../../../api/client.ts';
import { EmptyState, LoadingState, ProblemState } from '../../../parts/states.tsx';
import { audienceQuery } from '../audience-query.ts';
import { PendingMembers } from '../pending-members.tsx';
import { idsOf } from '../view.ts';
import { ChooseOthers } from './choose-others.tsx';
import { Pairs } from './pairs.tsx';
import { text } from './text.ts';
import { UpsetPlot } from './upset-plot.tsx';

/** What it has in common with others, chosen here and kept in the address. */
export function OverlapTab({ audience }: { audience: Audience }) {
  const search = useSearch({ from: '/audiences/$audienceId' });
  const others = idsOf(search.with).filter((id) => id !== audience.id);
  const names = useNames(audience, others);
  if (audience.state === 'pendingApproval') return <PendingMembers audienceId={audience.id} />;
  return (
    <Stack gap="xl">
      <ChooseOthers audience={audience} others={others} nameOf={names} />
      {others.length === 0 ? (
        <EmptyState title={text.emptyTitle} body={text.empty} />
      ) : (
        <Overlaps audienceId={audience.id} others={others} nameOf={names} />
      )}
    </Stack>
  );
}

function useNames(audience: Audience, others: readonly string[]): (id: string) => string {
  const names = useQueries({
    queries: others.map((id) => audienceQuery(id)),
    combine: (results) =>
      new Map(results.flatMap(({ data }) => (data === undefined ? [] : [[data.data.id, data.data.name]]))),
  });
  return (id) => (id === audience.id ? audience.name : (names.get(id) ?? id));
}

interface OverlapsProps {
  readonly audienceId: string;
  readonly others: readonly string[];
  readonly nameOf: (id: string) => string;
}

function Overlaps({ audienceId, others, nameOf }: OverlapsProps) {
  const audiences = [audienceId, ...others].join(',');
  const { data, error, refetch } = useQuery({
    queryKey: ['audience', audienceId, 'overlaps', audiences],
    queryFn: ({ signal }) =>
      answered(api.GET('/service/customerAudienceOverlaps', { params: { query: { audiences } }, signal })),
  });
  if (error !== null) return <ProblemState error={error} retry={refetch} />;
  if (data === undefined) return <LoadingState />;
  return (
    <>
      <UpsetPlot overlaps={data} nameOf={nameOf} />
      <Pairs overlaps={data} audienceId={audienceId} nameOf={nameOf} />
    </>
  );
}
