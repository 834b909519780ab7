import { infiniteQueryOptions } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { startOf } from '../../parts/pages.ts';
import type { AudienceSearch } from './search.ts';

const pageSize = 200;

/** The audiences under a search, page after page as the table is scrolled. */
export function audiencesQuery(search: AudienceSearch) {
  const { sortBy = '-updatedAt', state = 'active', name, kind } = search;
  const filters = { ...(name === undefined ? {} : { name }), ...(kind === undefined ? {} : { kind: [kind] }) };
  return infiniteQueryOptions({
    queryKey: ['audiences', { sortBy, state, ...filters }],
    queryFn: async ({ pageParam, signal }) => {
      const start = pageParam === undefined ? {} : { start: pageParam };
      const query = { ...filters, state: [state], sortBy, limit: pageSize, ...start };
      return await answered(api.GET('/service/customerAudiences', { params: { query }, signal }));
    },
    initialPageParam: startOf(undefined),
    getNextPageParam: (page) => startOf(page.nextPage_url),
    placeholderData: (previous) => previous,
  });
}
