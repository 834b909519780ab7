import { Checkbox, FileInput, SegmentedControl, Stack, TextInput } from '@mantine/core';
import { answered, api, type Schemas } from '../../../api/client.ts';
import { ChoiceSelect } from '../../../parts/choice-select.tsx';
import { FormDialog } from '../../../parts/dialog.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { type ChangeForm, useForm } from '../../../parts/use-form.ts';
import { channelWords, identifierTypeNames, identifierTypeWords } from '../../../text/words.ts';
import { AudienceSelect } from './audience-select.tsx';
import { bodyOf, channels, emptyForm, isComplete, listBytesMax, type SuppressionForm } from './new-suppression.ts';
import { text } from './text.ts';

type Added = Schemas['createdSuppression'] | Schemas['customerAudienceImport'];
type Change = ChangeForm<SuppressionForm>;

/** Holds back the members of an audience, or the customers of a small list. */
export function AddSuppression({ close }: { close: () => void }) {
  const [form, change] = useForm(emptyForm);
  const add = useChange({
    change: async (sent: SuppressionForm) =>
      await answered(api.POST('/service/suppressions', { body: await bodyOf(sent) })),
    refreshes: [['suppressions'], ['imports']],
    says: saidOf,
    showsProblemItself: true,
    onDone: close,
  });
  return (
    <FormDialog
      title={text.add}
      close={close}
      submit={() => add.mutate(form)}
      submitLabel={text.form.submit}
      isBusy={add.isPending}
      isDisabled={!isComplete(form)}
      error={add.error}
    >
      <SegmentedControl
        fullWidth
        aria-label={text.form.source}
        data={[
          { value: 'audience', label: text.form.audience },
          { value: 'list', label: text.form.list },
        ]}
        value={form.source}
        onChange={(value) => change({ source: value === 'list' ? 'list' : 'audience' })}
      />
      {form.source === 'audience' ? (
        <AudienceSelect
          value={form.customerAudience}
          choose={({ id, name }) =>
            change({ customerAudience: id, ...(form.name === '' ? { name: name.slice(0, 80) } : {}) })
          }
        />
      ) : (
        <ListFields form={form} change={change} />
      )}
      <Terms form={form} change={change} />
    </FormDialog>
  );
}

/** Nobody asked for an import that goes on by itself, so what comes is the suppression. */
function saidOf(added: Added): string {
  if (!('channel' in added)) return text.receiving;
  const { customerCount, channel } = added;
  const held = text.held(customerCount, channel);
  return added.import === undefined ? held : `${held} ${text.unmatched(added.import)}`;
}

function ListFields({ form, change }: { form: SuppressionForm; change: Change }) {
  const isTooLarge = form.file !== null && form.file.size > listBytesMax;
  return (
    <Stack gap="sm">
      <ChoiceSelect
        label={text.form.identifierType}
        values={identifierTypeNames}
        words={identifierTypeWords}
        value={form.identifierType}
        change={(identifierType) => change({ identifierType })}
      />
      <FileInput
        label={text.form.file}
        description={text.form.fileHint}
        placeholder={text.form.filePlaceholder}
        value={form.file}
        error={isTooLarge ? text.form.fileTooLarge : undefined}
        onChange={(file) =>
          change({ file, ...(form.name === '' && file !== null ? { name: file.name.slice(0, 80) } : {}) })
        }
      />
      <Checkbox
        label={text.form.header}
        checked={form.includesHeader}
        onChange={({ currentTarget: { checked } }) => change({ includesHeader: checked })}
      />
    </Stack>
  );
}

function Terms({ form, change }: { form: SuppressionForm; change: Change }) {
  return (
    <>
      <TextInput
        label={text.form.name}
        value={form.name}
        maxLength={80}
        required
        onChange={({ currentTarget: { value } }) => change({ name: value })}
      />
      <ChoiceSelect
        label={text.form.channel}
        values={channels}
        words={channelWords}
        value={form.channel}
        change={(channel) => change({ channel })}
      />
      <UntilInput value={form.expiresOn} change={(expiresOn) => change({ expiresOn })} />
    </>
  );
}

/** The browser's own field of a day. */
export function UntilInput({ value, change }: { value: string; change: (value: string) => void }) {
  return (
    <TextInput
      type="date"
      label={text.form.until}
      description={text.form.untilHint}
      value={value}
      min={new Date().toISOString().slice(0, 10)}
      onChange={({ currentTarget }) => change(currentTarget.value)}
    />
  );
}
