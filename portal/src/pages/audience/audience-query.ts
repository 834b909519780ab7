import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { type Audience, answered, answeredWithTag, api } from '../../api/client.ts';

/** An audience as it was read, with the tag that a change of it must bring back. */
export interface TaggedAudience {
  readonly data: Audience;
  readonly tag: string;
}

export function audienceQuery(id: string) {
  return queryOptions({
    queryKey: ['audience', id],
    queryFn: async ({ signal }): Promise<TaggedAudience> => {
      const params = { path: { customerAudienceId: id } };
      return await answeredWithTag(api.GET('/service/customerAudiences/{customerAudienceId}', { params, signal }));
    },
  });
}

/** With whom it is shared; the API allows 500. */
export function collaboratorsQuery(id: string) {
  return queryOptions({
    queryKey: ['audience', id, 'collaborators'],
    queryFn: async ({ signal }) => {
      const params = { path: { customerAudienceId: id }, query: { limit: 500 } };
      const path = '/service/customerAudiences/{customerAudienceId}/collaborators';
      return await answered(api.GET(path, { params, signal }));
    },
  });
}

/** The audience as it is now, whatever is remembered of it. */
export function useReadAudience(id: string): () => Promise<TaggedAudience> {
  const queryClient = useQueryClient();
  return () => queryClient.fetchQuery({ ...audienceQuery(id), staleTime: 0 });
}

/** All that is known of an audience is asked again, and so is the table of audiences. */
export function useAudienceChanged(): () => Promise<unknown> {
  const queryClient = useQueryClient();
  return () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: ['audience'] }),
      queryClient.invalidateQueries({ queryKey: ['audiences'] }),
    ]);
}
