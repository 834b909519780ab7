import { useQueries } from '@tanstack/react-query';
import { type Audience, answered, api } from '../../api/client.ts';
import type { Size } from '../../parts/spark-path.ts';

const weekMs = 7 * 86_400_000;
const hourMs = 3_600_000;
/** The API answers so many audiences at once. */
const audiencesMax = 100;

/** The time that the lines stand for: a week up to the present hour, so that an hour's views share their answers. */
export function lastWeek(now: number = Date.now()): { from: number; to: number } {
  const to = Math.ceil(now / hourMs) * hourMs;
  return { from: to - weekMs, to };
}

/** Sizes within the last week of the rows in sight, by audience; what is not there yet has no line. */
export function useSizes(rows: readonly Audience[], sight: { first: number; last: number }): Map<string, Size[]> {
  const { from } = lastWeek();
  const parts = [];
  for (let part = Math.floor(sight.first / audiencesMax); part * audiencesMax <= sight.last; part += 1) {
    const ids = rows.slice(part * audiencesMax, (part + 1) * audiencesMax).map(({ id }) => id);
    if (ids.length > 0) parts.push(ids.join());
  }
  return useQueries({
    queries: parts.map((audiences) => ({
      queryKey: ['audiences', 'sizes', audiences, from],
      queryFn: async ({ signal }: { signal: AbortSignal }) => {
        const query = { audiences, since: new Date(from).toISOString() };
        const { audiences: answer } = await answered(
          api.GET('/service/customerAudienceSizes', { params: { query }, signal }),
        );
        return answer.map(({ id, points }) => ({
          id,
          sizes: points.map(({ madeAt, customerCount }) => ({ at: Date.parse(madeAt), count: customerCount })),
        }));
      },
      // One that was deleted meanwhile is not found: the table goes on without lines.
      retry: false,
    })),
    combine: (answers) =>
      new Map(answers.flatMap(({ data }) => (data ?? []).map(({ id, sizes }) => [id, sizes] as const))),
  });
}
