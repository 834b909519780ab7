import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type Audience, answered, api } from '../../api/client.ts';
import type { Filter } from './criteria.ts';
import { newAudienceOf, patchOf, type SaveValues } from './save-values.ts';
import type { Source } from './source.ts';
import { text } from './text.ts';

interface Save {
  readonly values: SaveValues;
  readonly filters: readonly Filter[];
  readonly needsJustification: boolean;
}

/** Makes the audience, or changes it, and leads to its page. */
export function useSave({ audience, template, tag = '' }: Source, saved: () => void) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: ({ values, filters, needsJustification }: Save): Promise<Audience> => {
      if (audience === undefined) {
        // Named so that one which an administrator excludes meanwhile is refused.
        const params = { query: template === undefined ? {} : { customerAudienceTemplateId: template.id } };
        const body = newAudienceOf(values, filters, needsJustification);
        return answered(api.POST('/service/customerAudiences', { params, body }));
      }
      const params = { path: { customerAudienceId: audience.id }, header: { 'if-match': tag } };
      const body = patchOf(values, audience, { filters, needsJustification });
      return answered(api.PATCH('/service/customerAudiences/{customerAudienceId}', { params, body }));
    },
    onSuccess: (made) => {
      saved();
      void queryClient.invalidateQueries({ queryKey: ['audiences'] });
      void queryClient.invalidateQueries({ queryKey: ['audience', made.id] });
      const { name, customerCount, state } = made;
      const message = state === 'pendingApproval' ? text.save.pending(name) : text.save.saved(name, customerCount);
      notifications.show({ message });
      void navigate({ to: '/audiences/$audienceId', params: { audienceId: made.id } });
    },
  });
}
