import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, done } from '../../api/client.ts';
import { ConfirmDialog } from '../../parts/dialog.tsx';
import { templateQuery } from '../build/queries.ts';
import type { Template } from '../build/source.ts';
import { text } from './text.ts';

/** It cannot be brought back, so it is asked before. */
export function RemoveDialog({ template, close }: { template: Template; close: () => void }) {
  const queryClient = useQueryClient();
  const read = useQuery({ ...templateQuery(template.id), staleTime: 0, refetchOnWindowFocus: false });
  const remove = useMutation({
    mutationFn: () => {
      const path = { customerAudienceTemplateId: template.id };
      const params = { path, header: { 'if-match': read.data?.tag ?? '' } };
      return done(api.DELETE('/service/customerAudienceTemplates/{customerAudienceTemplateId}', { params }));
    },
    onSuccess: () => {
      notifications.show({ message: text.removed(template.name) });
      close();
      void queryClient.invalidateQueries({ queryKey: ['templates'] });
    },
  });
  const error = read.error ?? remove.error;
  return (
    <ConfirmDialog
      title={text.removeTitle(template.name)}
      body={text.removeBody}
      close={close}
      confirm={remove.mutate}
      confirmLabel={text.remove}
      isBusy={remove.isPending}
      isDisabled={read.data === undefined}
      error={error}
    />
  );
}
