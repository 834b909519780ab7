import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { answered, api } from '../../api/client.ts';
import { ProblemState } from '../../parts/states.tsx';
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
      showSaved(name, () => void navigate({ to: '/templates' }));
      close();
    },
  });
  return (
    <Modal
      opened
      onClose={close}
      title={text.save.asTemplateTitle}
      closeButtonProps={{ 'aria-label': text.save.cancel }}
    >
      <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
        <Stack gap="md">
          <Text size="sm" className="quiet">
            {text.save.asTemplateLead}
          </Text>
          <TextInput data-autofocus required label={text.save.name} maxLength={80} {...form.getInputProps('name')} />
          <Textarea label={text.save.description} autosize minRows={2} {...form.getInputProps('description')} />
          {save.error !== null && <ProblemState error={save.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {text.save.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {text.save.submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Notifications stand outside of the views: a link of the router does not work there, but what a view hands over does. */
function showSaved(name: string, seeTemplates: () => void): void {
  const id = notifications.show({
    autoClose: 8_000,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{text.save.templateSaved(name)}</Text>
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => {
            notifications.hide(id);
            seeTemplates();
          }}
        >
          {text.save.seeTemplates}
        </Button>
      </Group>
    ),
  });
}
