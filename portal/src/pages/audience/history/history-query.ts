import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { answered, api, type Schemas } from '../../../api/client.ts';
import { nextStart, startQuery } from '../../../api/next-page.ts';

export type Version = Schemas['customerAudienceVersion'];
export type Change = Schemas['customerAudienceChange']['change'];

const pageSize = 100;

export function versionsQuery(audienceId: string) {
  return infiniteQueryOptions({
    queryKey: ['audience', audienceId, 'versions'],
    queryFn: async ({ pageParam, signal }) => {
      const params = { path: { customerAudienceId: audienceId }, query: { limit: pageSize, ...startQuery(pageParam) } };
      return await answered(api.GET('/service/customerAudiences/{customerAudienceId}/versions', { params, signal }));
    },
    initialPageParam: nextStart(undefined),
    getNextPageParam: (page) => nextStart(page.nextPage_url),
  });
}

export function sizesQuery(audienceId: string) {
  return queryOptions({
    queryKey: ['audience', audienceId, 'sizes'],
    queryFn: async ({ signal }) => {
      const params = { query: { audiences: audienceId } };
      const { audiences } = await answered(api.GET('/service/customerAudienceSizes', { params, signal }));
      return audiences[0]?.points ?? [];
    },
  });
}

interface Compared {
  readonly audienceId: string;
  readonly version: number;
  readonly against: number;
  readonly change: Change;
}

export function changesQuery({ audienceId, version, against, change }: Compared) {
  return infiniteQueryOptions({
    queryKey: ['audience', audienceId, 'changes', { version, against, change }],
    queryFn: async ({ pageParam, signal }) => {
      const params = {
        path: { customerAudienceId: audienceId, version },
        query: { against, change: [change], limit: pageSize, ...startQuery(pageParam) },
      };
      const path = '/service/customerAudiences/{customerAudienceId}/versions/{version}/changes';
      return await answered(api.GET(path, { params, signal }));
    },
    initialPageParam: nextStart(undefined),
    getNextPageParam: (page) => nextStart(page.nextPage_url),
    // Two versions differ in the same customers for ever.
    staleTime: Number.POSITIVE_INFINITY,
  });
}
