import { queryOptions } from '@tanstack/react-query';
import { answered, answeredWithTag, api, type Schemas } from '../../api/client.ts';
import type { Filter, FilterType } from './criteria.ts';

export type Estimate = Schemas['customerAudienceEstimate'];

/** Values of types change with a load of customers: minutes are soon enough. */
const slowMs = 5 * 60_000;

/** How many customers match; whoever asks anew gives up the request before. */
export function estimateQuery(filters: readonly Filter[]) {
  return queryOptions({
    queryKey: ['estimate', filters],
    queryFn: ({ signal }) => estimate(filters, signal),
    staleTime: 30_000,
    // A count is asked for anew by the next change, not by a look at another window.
    refetchOnWindowFocus: false,
    retry: false,
  });
}

/** How many customers match each filter by itself: one request, whose funnel tells all of them. */
export function talliesQuery(type: FilterType, filters: readonly Filter[]) {
  return queryOptions({
    queryKey: ['tallies', type.id, filters],
    queryFn: async ({ signal }) => {
      const { funnel } = await estimate(filters, signal);
      return funnel.map(({ customerCount }) => customerCount);
    },
    enabled: filters.length > 0,
    staleTime: slowMs,
    refetchOnWindowFocus: false,
    retry: false,
  });
}

function estimate(filters: readonly Filter[], signal: AbortSignal): Promise<Estimate> {
  return answered(api.POST('/service/customerAudienceEstimates', { body: { filters: [...filters] }, signal }));
}

/** Audiences under a part of their name, to choose from. */
export function audiencesByNameQuery(name: string) {
  const query = {
    ...(name === '' ? {} : { name }),
    state: ['active'],
    sortBy: name === '' ? '-updatedAt' : 'name',
    limit: 20,
  };
  return queryOptions({
    queryKey: ['audiences', 'byName', name],
    queryFn: async ({ signal }) =>
      (await answered(api.GET('/service/customerAudiences', { params: { query }, signal }))).items,
    placeholderData: (before) => before,
  });
}

export function audienceQuery(audienceId: string) {
  return queryOptions({
    queryKey: ['audience', audienceId, 'withTag'],
    queryFn: ({ signal }) =>
      answeredWithTag(
        api.GET('/service/customerAudiences/{customerAudienceId}', {
          params: { path: { customerAudienceId: audienceId } },
          signal,
        }),
      ),
  });
}

export function templateQuery(templateId: string) {
  return queryOptions({
    queryKey: ['template', templateId],
    queryFn: ({ signal }) =>
      answeredWithTag(
        api.GET('/service/customerAudienceTemplates/{customerAudienceTemplateId}', {
          params: { path: { customerAudienceTemplateId: templateId } },
          signal,
        }),
      ),
  });
}

export const templatesQuery = queryOptions({
  queryKey: ['templates'],
  queryFn: async ({ signal }) =>
    await answered(api.GET('/service/customerAudienceTemplates', { params: { query: { limit: 1_000 } }, signal })),
});
