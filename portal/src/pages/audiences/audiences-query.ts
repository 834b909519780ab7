import { infiniteQueryOptions } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { nextStart, startQuery } from '../../api/next-page.ts';
import type { AudienceSearch } from './search.ts';

const pageSize = 200;

/** The audiences under a search, page after page as the table is scrolled. */
export function audiencesQuery(search: AudienceSearch, { personId }: { personId: string }) {
  const { sortBy = '-updatedAt', state = 'active', name, kind, owner } = search;
  const filters = {
    ...(name === undefined ? {} : { name }),
    ...(kind === undefined ? {} : { kind: [kind] }),
    ...(owner === undefined ? {} : { createdBy: owner === 'me' ? personId : owner }),
  };
  // What waits for an approval is in use too: only its members are not told yet.
  const states = state === 'active' ? ['active', 'pendingApproval'] : [state];
  return infiniteQueryOptions({
    queryKey: ['audiences', { sortBy, state, ...filters }],
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filters, state: states, sortBy, limit: pageSize, ...startQuery(pageParam) };
      return await answered(api.GET('/service/customerAudiences', { params: { query }, signal }));
    },
    initialPageParam: nextStart(undefined),
    getNextPageParam: (page) => nextStart(page.nextPage_url),
    placeholderData: (previous) => previous,
  });
}
