import { queryOptions } from '@tanstack/react-query';
import { answered, api } from '../../../api/client.ts';

/** The audience whose members are edited. */
export function editedQuery(audienceId: string) {
  return queryOptions({
    queryKey: ['audience', audienceId, 'edited'],
    queryFn: async ({ signal }) => {
      const params = { path: { customerAudienceId: audienceId } };
      return await answered(api.GET('/service/customerAudiences/{customerAudienceId}', { params, signal }));
    },
  });
}

/** The version that an import made, where it is among the newest; `null` where it is not, or is gone by now. */
export function madeVersionQuery(audienceId: string, importId: string) {
  return queryOptions({
    queryKey: ['audience', audienceId, 'versionOf', importId],
    queryFn: async ({ signal }) => {
      const params = { path: { customerAudienceId: audienceId }, query: { limit: 100 } };
      const path = '/service/customerAudiences/{customerAudienceId}/versions';
      const { items } = await answered(api.GET(path, { params, signal }));
      return items.find((version) => version.import === importId) ?? null;
    },
  });
}
