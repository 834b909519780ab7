import { Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { answered, api } from '../../api/client.ts';
import { FormDialog } from '../../parts/dialog.tsx';
import { notifyWithWay } from '../../parts/notify-way.tsx';
import type { Filter } from './criteria.ts';
import { text } from './text.ts';

/** Keeps the criteria under a name, for everybody at the institution to start from. */
export function TemplateDialog({ filters, close }: { filters: readonly Filter[]; close: () => void }) {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { name: '', description: '' },
    validate: { name: (name) => (name.trim() === '' ? text.save.nameMissing : null) },
  });
  const save = useMutation({
    mutationFn: ({ name, description }: typeof form.values) => {
      const about = description.trim() === '' ? {} : { description: description.trim() };
      const body = { name: name.trim(), ...about, filters: [...filters] };
      return answered(api.POST('/service/customerAudienceTemplates', { body }));
    },
    onSuccess: ({ name }) => {
      void queryClient.invalidateQueries({ queryKey: ['templates'] });
      notifyWithWay({
        message: text.save.templateSaved(name),
        label: text.save.seeTemplates,
        go: () => void navigate({ to: '/templates' }),
      });
      close();
    },
  });
  return (
    <FormDialog
      title={text.save.asTemplateTitle}
      close={close}
      submit={form.onSubmit((values) => save.mutate(values))}
      submitLabel={text.save.submit}
      isBusy={save.isPending}
      error={save.error}
    >
      <Text size="sm" className="quiet">
        {text.save.asTemplateLead}
      </Text>
      <TextInput data-autofocus required label={text.save.name} maxLength={80} {...form.getInputProps('name')} />
      <Textarea label={text.save.description} autosize minRows={2} {...form.getInputProps('description')} />
    </FormDialog>
  );
}
