import { Group, Text, Textarea, TextInput } from '@mantine/core';
import { ChoiceSelect } from '../../../parts/choice-select.tsx';
import type { ChangeForm } from '../../../parts/use-form.ts';
import { type AttributeForm, dataTypes, fairLendings, isName } from './new-attribute.ts';
import { text } from './text.ts';

interface Props {
  readonly form: AttributeForm;
  readonly change: ChangeForm<AttributeForm>;
}

/** What can be said of an attribute; its name and its kind of values only once. */
export function AttributeFields({ form, change, isNew }: Props & { isNew: boolean }) {
  return (
    <>
      <Text size="sm" className="quiet">
        {isNew ? text.form.clear : text.form.changeLead}
      </Text>
      {isNew && (
        <TextInput
          label={text.form.name}
          description={text.form.nameHint}
          value={form.name}
          maxLength={40}
          required
          data-autofocus
          error={form.name.length > 1 && !isName(form.name) ? text.form.nameError : undefined}
          onChange={({ currentTarget: { value } }) => change({ name: value.trim() })}
        />
      )}
      <TextInput
        label={text.form.label}
        description={text.form.labelHint}
        value={form.label}
        maxLength={80}
        onChange={({ currentTarget: { value } }) => change({ label: value })}
      />
      {isNew && (
        <ChoiceSelect
          label={text.form.dataType}
          values={dataTypes}
          words={text.dataTypes}
          value={form.dataType}
          change={(dataType) => change({ dataType })}
        />
      )}
      <Constraints form={form} change={change} />
      <ChoiceSelect
        label={text.form.fairLending}
        description={text.form.fairLendingHint}
        values={fairLendings}
        words={text.fairLending}
        value={form.fairLending}
        change={(fairLending) => change({ fairLending })}
      />
    </>
  );
}

function Constraints({ form, change }: Props) {
  if (form.dataType === 'boolean') return null;
  if (form.dataType === 'enumeration') {
    return (
      <Textarea
        label={text.form.choices}
        description={text.form.choicesHint}
        autosize
        minRows={3}
        maxRows={10}
        required
        value={form.choices}
        onChange={({ currentTarget: { value } }) => change({ choices: value })}
      />
    );
  }
  if (form.dataType === 'string') {
    return (
      <TextInput
        label={text.form.maxLength}
        type="number"
        min={1}
        max={200}
        placeholder="200"
        value={form.maxLength}
        onChange={({ currentTarget: { value } }) => change({ maxLength: value })}
      />
    );
  }
  const type = form.dataType === 'date' ? 'date' : 'number';
  const step = form.dataType === 'decimal' ? '0.01' : '1';
  return (
    <Group grow>
      {(['minimum', 'maximum'] as const).map((bound) => (
        <TextInput
          key={bound}
          label={text.form[bound]}
          type={type}
          step={type === 'number' ? step : undefined}
          value={form[bound]}
          onChange={({ currentTarget: { value } }) => change({ [bound]: value })}
        />
      ))}
    </Group>
  );
}
