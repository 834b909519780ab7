import { Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type Audience, api, done } from '../../../api/client.ts';
import { isConflict } from '../../../api/problem.ts';
import { FormDialog } from '../../../parts/dialog.tsx';
import { useAudienceChanged } from '../audience-query.ts';
import { text } from './text.ts';

interface Props {
  readonly audience: Audience;
  readonly tag: string;
  readonly close: () => void;
}

/** What cannot be undone is not done by one press: the name is typed. */
export function DeleteDialog({ audience, tag, close }: Props) {
  const [typed, setTyped] = useState('');
  // What was looked at: another than this is not deleted unseen.
  const [seen] = useState({ audience, tag });
  const isSame = typed.trim() === audience.name;
  const remove = useDelete(seen);
  return (
    <FormDialog
      title={text.delete.title}
      close={close}
      submit={remove.mutate}
      submitLabel={text.delete.action}
      color="red.9"
      isBusy={remove.isPending}
      isDisabled={!isSame}
      error={remove.error}
      retry={isConflict(remove.error) ? close : undefined}
    >
      <Text size="sm">{text.delete.lead(audience.version)}</Text>
      <Text size="sm" className="quiet">
        {text.delete.stays}
      </Text>
      <TextInput
        label={text.delete.type(audience.name)}
        autoComplete="off"
        data-autofocus
        value={typed}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
      />
    </FormDialog>
  );
}

function useDelete({ audience, tag }: Pick<Props, 'audience' | 'tag'>) {
  const queryClient = useQueryClient();
  const changed = useAudienceChanged();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => {
      const params = { path: { customerAudienceId: audience.id }, header: { 'if-match': tag } };
      await done(api.DELETE('/service/customerAudiences/{customerAudienceId}', { params }));
    },
    onSuccess: async () => {
      notifications.show({ message: text.delete.done(audience.name) });
      await navigate({ to: '/audiences' });
      queryClient.removeQueries({ queryKey: ['audience', audience.id] });
      await changed();
    },
    // Somebody changed it meanwhile: what it is now shows behind the dialog, to decide anew.
    onError: changed,
  });
}
