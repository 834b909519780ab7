import { infiniteQueryOptions } from '@tanstack/react-query';
import { answered, api } from '../../../api/client.ts';
import { nextStart, startQuery } from '../../../api/next-page.ts';

const pageSize = 500;

interface Asked {
  readonly audienceId: string;
  /** Always named: the walk of a table stays in it, whatever becomes of the audience meanwhile. */
  readonly version: number;
  /** Why unmasked values are asked for; absent: they are not. */
  readonly reason: string | undefined;
}

export function membersQuery({ audienceId, version, reason }: Asked) {
  return infiniteQueryOptions({
    queryKey: ['audience', audienceId, 'members', { version, reason }],
    queryFn: async ({ pageParam, signal }) => {
      const params = {
        path: { customerAudienceId: audienceId },
        query: { version, limit: pageSize, ...startQuery(pageParam) },
        ...(reason === undefined ? {} : { header: { 'reveal-reason': reason } }),
      };
      const path = '/service/customerAudiences/{customerAudienceId}/customers';
      return await answered(api.GET(path, { params, signal }));
    },
    initialPageParam: nextStart(undefined),
    getNextPageParam: (page) => nextStart(page.nextPage_url),
    // A version does not change, and to read all pages anew would also reveal them anew.
    staleTime: Number.POSITIVE_INFINITY,
    // Unmasked values are forgotten with the view of them.
    ...(reason === undefined ? {} : { gcTime: 0 }),
  });
}
