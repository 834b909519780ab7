import { Radio, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { problemOfError } from '../../api/problem.ts';
import { FormDialog } from '../../parts/dialog.tsx';
import { refreshWords } from '../../text/words.ts';
import { useBuilder } from './builder-context.tsx';
import type { Filter } from './criteria.ts';
import { Justification } from './justification.tsx';
import { faultsOfValues, purposes, refreshes, restrictedTypes, type SaveValues, valuesOf } from './save-values.ts';
import type { Source } from './source.ts';
import { text } from './text.ts';
import { useSave } from './use-save.ts';

interface Props {
  readonly source: Source;
  readonly filters: readonly Filter[];
  readonly close: () => void;
  /** It is kept now: the draft is no longer needed. */
  readonly saved: () => void;
}

/** Name, purpose, and when the members are found anew; for credit also why, where fair lending wants to know. */
export function SaveDialog({ source, filters, close, saved }: Props) {
  const { audience, template } = source;
  const { criteria, types } = useBuilder();
  const save = useSave(source, saved);
  const restricted = restrictedTypes(criteria, types);
  const problem = save.error === null ? undefined : problemOfError(save.error);
  // Only the API knows what the audiences stand on that these criteria ask about.
  const isAskedFor = problem?.name === 'justificationNeeded';
  const needsJustification = ({ purpose }: SaveValues) => purpose === 'credit' && (restricted.length > 0 || isAskedFor);
  const form = useForm<SaveValues>({
    initialValues: valuesOf(audience, template?.refresh),
    validate: (values) => faultsOfValues(values, needsJustification(values)),
  });
  const isNameTaken = problem?.name === 'audienceNameTaken' && save.variables?.values.name === form.values.name;
  const submit = form.onSubmit((values) =>
    save.mutate({ values, filters, needsJustification: needsJustification(values) }),
  );
  const nameProps = form.getInputProps('name');
  return (
    <FormDialog
      title={audience === undefined ? text.save.title : text.save.titleChange}
      size="lg"
      close={close}
      submit={submit}
      submitLabel={text.save.submit}
      isBusy={save.isPending}
      error={isNameTaken || isAskedFor ? null : save.error}
    >
      <TextInput
        data-autofocus
        required
        label={text.save.name}
        description={text.save.nameHint}
        maxLength={80}
        {...nameProps}
        error={isNameTaken ? (problem.detail ?? problem.title) : nameProps.error}
      />
      <Textarea
        label={text.save.description}
        description={text.save.descriptionHint}
        autosize
        minRows={2}
        maxLength={4_000}
        {...form.getInputProps('description')}
      />
      <Select
        label={text.save.refresh}
        allowDeselect={false}
        data={refreshes.map((value) => ({ value, label: refreshWords[value] }))}
        {...form.getInputProps('refresh')}
      />
      <Purpose isFixed={audience?.purpose === 'credit'} {...form.getInputProps('purpose')} />
      {needsJustification(form.values) && (
        <Justification restricted={restricted} problem={problem} {...form.getInputProps('justification')} />
      )}
    </FormDialog>
  );
}

/** What the audience is for decides which law it is under: each purpose says what it means. */
function Purpose({ isFixed, ...props }: { isFixed: boolean; value?: string; onChange?: (value: string) => void }) {
  return (
    <Radio.Group label={text.save.purpose} description={isFixed ? text.save.staysCredit : undefined} {...props}>
      <Stack gap="xs" mt="xs">
        {purposes.map((purpose) => (
          <Radio
            key={purpose}
            value={purpose}
            disabled={isFixed && purpose !== 'credit'}
            label={text.save.purposes[purpose]}
            description={text.save.purposeHints[purpose]}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}
