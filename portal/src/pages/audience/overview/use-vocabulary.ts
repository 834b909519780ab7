import { useQueries, useQuery } from '@tanstack/react-query';
import { answered, api } from '../../../api/client.ts';
import { audienceQuery } from '../audience-query.ts';
import type { Filter, Vocabulary } from './criteria-words.ts';

/** More audiences in filters than these are called by their ids: each name is a question to the server. */
const namesMax = 10;

/** The words of filters; an audience that the person may not see keeps its id. */
export function useVocabulary(filters: readonly Filter[]): Vocabulary & { readonly isLoading: boolean } {
  const { data, isLoading } = useQuery({
    queryKey: ['analyticFilterTypes'],
    staleTime: 300_000,
    queryFn: async ({ signal }) => {
      const params = { query: { limit: 1000 } };
      return await answered(api.GET('/service/analyticFilterTypes', { params, signal }));
    },
  });
  const ids = [...new Set(filters.flatMap(audiencesIn))].slice(0, namesMax);
  const names = useQueries({
    queries: ids.map((id) => audienceQuery(id)),
    combine: (results) =>
      new Map(results.flatMap(({ data: found }) => (found ? [[found.data.id, found.data.name]] : []))),
  });
  return { isLoading, types: data?.items ?? [], nameOfAudience: (id) => names.get(id) ?? id };
}

function audiencesIn(filter: Filter): readonly string[] {
  const inner = [...(filter.anyOf ?? []), ...(filter.allOf ?? []), ...(filter.not === undefined ? [] : [filter.not])];
  const { id, name } = filter.filterType ?? {};
  const own = name === 'customerAudience' || id === 'customerAudience' ? (filter.values ?? []).map(String) : [];
  return [...own, ...inner.flatMap(audiencesIn)];
}
