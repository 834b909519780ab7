import { Select, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type Audience, answered, api } from '../../../api/client.ts';
import { isConflict } from '../../../api/problem.ts';
import { FormDialog } from '../../../parts/dialog.tsx';
import { type TaggedAudience, useAudienceChanged, useReadAudience } from '../audience-query.ts';
import { text as pageText } from '../text.ts';
import { carriedOver, type Described, describedOf, describePatch } from './describe-patch.ts';
import { text } from './text.ts';

interface Props {
  readonly audience: Audience;
  readonly tag: string;
  readonly close: () => void;
}

const purposes = ['servicing', 'marketing', 'credit', 'research'] as const;

/** Changes what an audience is called and said to be; never its members. */
export function DescribeDialog({ audience, tag, close }: Props) {
  // What was looked at: a change is held to it, whatever the page behind reads meanwhile.
  const [seen, setSeen] = useState({ data: audience, tag });
  const { purpose, approval } = seen.data;
  const form = useForm({ initialValues: describedOf(seen.data) });
  const save = useSave({ seen, close });
  const look = useMutation({
    mutationFn: useReadAudience(audience.id),
    onSuccess: (now) => {
      form.setValues(carriedOver(form.getValues(), { before: seen.data, now: now.data }));
      setSeen(now);
      save.reset();
    },
  });
  const error = look.error ?? save.error;
  return (
    <FormDialog
      title={text.describe.title}
      size="lg"
      close={close}
      submit={form.onSubmit((values) => save.mutate(values))}
      submitLabel={text.save}
      isBusy={save.isPending}
      isDisabled={form.values.name.trim() === ''}
      error={error}
      retry={isConflict(error) ? look.mutate : undefined}
    >
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
    </FormDialog>
  );
}

function useSave({ seen: { data, tag }, close }: { seen: TaggedAudience; close: () => void }) {
  const changed = useAudienceChanged();
  return useMutation({
    mutationFn: async (values: Described) => {
      const body = describePatch(data, values);
      const params = { path: { customerAudienceId: data.id }, header: { 'if-match': tag } };
      return await answered(api.PATCH('/service/customerAudiences/{customerAudienceId}', { params, body }));
    },
    onSuccess: async () => {
      await changed();
      notifications.show({ message: text.describe.done });
      close();
    },
    // What it is now shows behind the dialog.
    onError: changed,
  });
}
