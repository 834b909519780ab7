import { Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answered, api } from '../../api/client.ts';
import { FormDialog } from '../../parts/dialog.tsx';
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
    <FormDialog
      title={text.renameTitle}
      close={close}
      submit={form.onSubmit((values) => save.mutate(values))}
      submitLabel={text.save}
      isBusy={save.isPending}
      isDisabled={read.data === undefined}
      error={error}
    >
      <TextInput data-autofocus required label={text.name} maxLength={80} {...form.getInputProps('name')} />
      <Textarea label={text.description} autosize minRows={2} {...form.getInputProps('description')} />
    </FormDialog>
  );
}
