import { Modal, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { type Audience, answered, api, type Schemas } from '../../../api/client.ts';
import { ProblemState } from '../../../parts/states.tsx';
import { useAudienceChanged } from '../audience-query.ts';
import { text as pageText } from '../text.ts';
import { describePatch } from './describe-patch.ts';
import { DialogFoot } from './dialog-foot.tsx';
import { text } from './text.ts';

interface Props {
  readonly audience: Audience;
  readonly tag: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

const purposes = ['servicing', 'marketing', 'credit', 'research'] as const;

/** Changes what an audience is called and said to be; never its members. */
export function DescribeDialog({ audience, tag, opened, onClose }: Props) {
  const { name, description = '', purpose, approval } = audience;
  const form = useForm({
    initialValues: { name, description, purpose, justification: approval?.justification ?? '' },
  });
  const save = useSave({ audience, tag, onClose });
  return (
    <Modal opened={opened} onClose={onClose} title={text.describe.title} size="lg">
      <form onSubmit={form.onSubmit((values) => save.mutate(describePatch(audience, values)))}>
        <Stack>
          <TextInput label={text.name} required maxLength={80} data-autofocus {...form.getInputProps('name')} />
          <Textarea
            label={text.description}
            description={text.descriptionHint}
            autosize
            minRows={3}
            maxRows={10}
            maxLength={4000}
            {...form.getInputProps('description')}
          />
          <Select
            label={text.purpose}
            description={purpose === 'credit' ? text.purposeStays : text.purposeHint}
            disabled={purpose === 'credit'}
            allowDeselect={false}
            data={purposes.map((value) => ({ value, label: pageText.purpose[value] }))}
            {...form.getInputProps('purpose')}
          />
          {(approval !== undefined || (form.values.purpose === 'credit' && audience.kind === 'filtered')) && (
            <Textarea
              label={text.justification}
              description={text.justificationHint}
              autosize
              minRows={2}
              maxRows={8}
              {...form.getInputProps('justification')}
            />
          )}
          {save.error !== null && <ProblemState error={save.error} />}
          <DialogFoot label={text.save} onClose={onClose} busy={save.isPending} />
        </Stack>
      </form>
    </Modal>
  );
}

function useSave({ audience, tag, onClose }: Pick<Props, 'audience' | 'tag' | 'onClose'>) {
  const changed = useAudienceChanged();
  return useMutation({
    mutationFn: async (body: Schemas['customerAudiencePatch']) => {
      const params = { path: { customerAudienceId: audience.id }, header: { 'if-match': tag } };
      return await answered(api.PATCH('/service/customerAudiences/{customerAudienceId}', { params, body }));
    },
    onSuccess: async () => {
      await changed();
      notifications.show({ message: text.describe.done });
      onClose();
    },
    // Only what the person changed is sent: a second try with the new tag overwrites nobody unseen.
    onError: changed,
  });
}
