import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { type Audience, answered, api } from '../../api/client.ts';
import { problemOfError } from '../../api/problem.ts';
import { type TaggedAudience, useAudienceChanged } from './audience-query.ts';
import { text } from './text.ts';

interface Move {
  /** As it was looked at: another than this is not moved unseen. */
  readonly audience: TaggedAudience;
  readonly to: 'active' | 'archived';
}

/** Archives or restores at once: what one does, the other undoes. */
export function useMoveAudience() {
  const changed = useAudienceChanged();
  return useMutation({
    mutationFn: async ({ audience: { data, tag }, to }: Move) => {
      const params = { query: { customerAudience: data.id }, header: { 'if-match': tag } };
      return to === 'archived'
        ? await answered(api.POST('/service/archivedCustomerAudiences', { params }))
        : await answered(api.POST('/service/activeCustomerAudiences', { params }));
    },
    onSuccess: ({ name }, { to }) => {
      notifications.show({ message: to === 'archived' ? text.archivedNotice(name) : text.restoredNotice(name) });
    },
    onError: tellProblem,
    onSettled: changed,
  });
}

/** Asks the criteria again, now. */
export function useRefreshAudience() {
  const changed = useAudienceChanged();
  return useMutation({
    mutationFn: async (audience: Audience) => {
      const params = { query: { customerAudience: audience.id } };
      return await answered(api.POST('/service/refreshedCustomerAudiences', { params }));
    },
    onSuccess: async (after, before) => {
      await changed();
      notifications.show({ message: text.refreshedNotice(before.customerCount, after.customerCount) });
    },
    onError: tellProblem,
  });
}

export function tellProblem(error: unknown): void {
  const { title, detail } = problemOfError(error);
  notifications.show({ color: 'red', title, message: detail ?? '' });
}
