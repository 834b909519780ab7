import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';

/** What can be asked of customers. Types change when an administrator defines an attribute: minutes are soon enough. */
export const filterTypesQuery = queryOptions({
  queryKey: ['filterTypes'],
  queryFn: async ({ signal }) => {
    const params = { query: { limit: 1_000 } };
    return (await answered(api.GET('/service/analyticFilterTypes', { params, signal }))).items;
  },
  staleTime: 5 * 60_000,
});
