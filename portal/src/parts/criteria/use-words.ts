import { queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { filterTypesQuery } from './filter-types-query.ts';
import type { Filter, Words } from './words.ts';

/** Of more audiences in filters than these the names are not asked for: each is a question to the server. */
const namesMax = 10;

/** The words of filters, with the names of the audiences that they speak of. */
export function useWords(filters: readonly Filter[]): Words & { readonly isLoading: boolean } {
  const { data: types = [], isLoading } = useQuery(filterTypesQuery);
  const ids = [...new Set(filters.flatMap(audiencesIn))];
  const names = useQueries({
    queries: ids.slice(0, namesMax).map(nameQuery),
    combine: (results) => new Map(results.flatMap(({ data }) => (data === undefined ? [] : [[data.id, data.name]]))),
  });
  return { isLoading, types, ...(ids.length > namesMax ? {} : { audienceNames: names }) };
}

function nameQuery(audienceId: string) {
  return queryOptions({
    queryKey: ['audience', audienceId, 'name'],
    queryFn: async ({ signal }) => {
      const params = { path: { customerAudienceId: audienceId } };
      return await answered(api.GET('/service/customerAudiences/{customerAudienceId}', { params, signal }));
    },
  });
}

function audiencesIn(filter: Filter): readonly string[] {
  const inner = [...(filter.anyOf ?? []), ...(filter.allOf ?? []), ...(filter.not === undefined ? [] : [filter.not])];
  const { id, name } = filter.filterType ?? {};
  const own = name === 'customerAudience' || id === 'customerAudience' ? (filter.values ?? []).map(String) : [];
  return [...own, ...inner.flatMap(audiencesIn)];
}
