import { Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { ProblemState } from '../../parts/states.tsx';
import { templateQuery } from '../build/queries.ts';
import type { Template } from '../build/source.ts';
import { text } from './text.ts';

/** Another name and description. The entity tag is of when the dialog was opened: nobody's change is lost. */
export function RenameDialog({ template, close }: { template: Template; close: () => void }) {
  const queryClient = useQueryClient();
  const read = useQuery({ ...templateQuery(template.id), staleTime: 0, refetchOnWindowFocus: false });
  const form = useForm({
    initialValues: { name: template.name, description: template.description ?? '' },
    validate: { name: (name) => (name.trim() === '' ? text.nameMissing : null) },
  });
  const save = useMutation({
    mutationFn: ({ name, description }: typeof form.values) => {
      const path = { customerAudienceTemplateId: template.id };
      const params = { path, header: { 'if-match': read.data?.tag ?? '' } };
      const body = { name: name.trim(), description: description.trim() === '' ? null : description.trim() };
      return answered(api.PATCH('/service/customerAudienceTemplates/{customerAudienceTemplateId}', { params, body }));
    },
    onSuccess: ({ name }) => {
      void queryClient.invalidateQueries({ queryKey: ['templates'] });
      void queryClient.invalidateQueries({ queryKey: ['template', template.id] });
      notifications.show({ message: text.renamed(name) });
      close();
    },
  });
  const error = read.error ?? save.error;
  return (
    <Modal opened onClose={close} title={text.renameTitle} closeButtonProps={{ 'aria-label': text.cancel }}>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack gap="md">
          <TextInput data-autofocus required label={text.name} maxLength={80} {...form.getInputProps('name')} />
          <Textarea label={text.description} autosize minRows={2} {...form.getInputProps('description')} />
          {error !== null && <ProblemState error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {text.cancel}
            </Button>
            <Button type="submit" loading={save.isPending} disabled={read.data === undefined}>
              {text.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
