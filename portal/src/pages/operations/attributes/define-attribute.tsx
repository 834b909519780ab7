import { Group, Select, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { answered, api } from '../../../api/client.ts';
import { FormDialog } from '../../../parts/dialog.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { type AttributeForm, bodyOf, dataTypes, emptyForm, fairLendings, isComplete, isName } from './new-attribute.ts';
import { text } from './text.ts';

type Change = (change: Partial<AttributeForm>) => void;

/** Something new to know of customers; its name and its kind of values stay for good. */
export function DefineAttribute({ close }: { close: () => void }) {
  const [form, setForm] = useState(emptyForm);
  const change: Change = (part) => setForm((before) => ({ ...before, ...part }));
  const define = useChange({
    change: (sent: AttributeForm) => answered(api.POST('/service/customerAttributes', { body: bodyOf(sent) })),
    refreshes: [['attributes'], ['filterTypes']],
    showsProblemItself: true,
    onDone: close,
  });
  return (
    <FormDialog
      title={text.add}
      close={close}
      submit={() => define.mutate(form)}
      submitLabel={text.form.submit}
      isBusy={define.isPending}
      isDisabled={!isComplete(form)}
      error={define.error}
    >
      <Text size="sm" className="quiet">
        {text.form.clear}
      </Text>
      <Names form={form} change={change} />
      <Select
        label={text.form.dataType}
        data={dataTypes.map((value) => ({ value, label: text.dataTypes[value] }))}
        value={form.dataType}
        allowDeselect={false}
        onChange={(value) => {
          const dataType = dataTypes.find((known) => known === value);
          if (dataType !== undefined) change({ dataType });
        }}
      />
      <Constraints form={form} change={change} />
      <Select
        label={text.form.fairLending}
        description={text.form.fairLendingHint}
        data={fairLendings.map((value) => ({ value, label: text.fairLending[value] }))}
        value={form.fairLending}
        allowDeselect={false}
        onChange={(value) => {
          const fairLending = fairLendings.find((known) => known === value);
          if (fairLending !== undefined) change({ fairLending });
        }}
      />
    </FormDialog>
  );
}

function Names({ form, change }: { form: AttributeForm; change: Change }) {
  return (
    <>
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
      <TextInput
        label={text.form.label}
        description={text.form.labelHint}
        value={form.label}
        maxLength={80}
        onChange={({ currentTarget: { value } }) => change({ label: value })}
      />
    </>
  );
}

function Constraints({ form, change }: { form: AttributeForm; change: Change }) {
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
