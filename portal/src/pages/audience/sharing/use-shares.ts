import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answered, api, done, type Schemas } from '../../../api/client.ts';
import { collaboratorsQuery } from '../audience-query.ts';
import { tellProblem } from '../use-changes.ts';
import { text } from './text.ts';

export type Collaborator = Schemas['customerAudienceCollaborator'];
export const accesses = ['view', 'edit'] as const satisfies readonly Collaborator['access'][];

/** Shares it; with somebody it is shared with already, what they may do is now this. */
export function useShare(audienceId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async (body: Schemas['newCustomerAudienceCollaborator']) => {
      const params = { path: { customerAudienceId: audienceId } };
      return await answered(
        api.POST('/service/customerAudiences/{customerAudienceId}/collaborators', { params, body }),
      );
    },
    onSuccess: ({ name, principalId }) => notifications.show({ message: text.shared(name ?? principalId) }),
    onSettled: () => queryClient.invalidateQueries(collaboratorsQuery(audienceId)),
  });
}

export function useUnshare(audienceId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async ({ principalId }: Collaborator) => {
      const params = { path: { customerAudienceId: audienceId, collaboratorId: principalId } };
      const path = '/service/customerAudiences/{customerAudienceId}/collaborators/{collaboratorId}';
      await done(api.DELETE(path, { params }));
    },
    onSuccess: (_done, { name, principalId }) => notifications.show({ message: text.removed(name ?? principalId) }),
    onError: tellProblem,
    onSettled: () => queryClient.invalidateQueries(collaboratorsQuery(audienceId)),
  });
}
