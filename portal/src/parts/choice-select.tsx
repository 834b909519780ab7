import { Select, type SelectProps } from '@mantine/core';

interface Props<Value extends string> extends Omit<SelectProps, 'data' | 'value' | 'onChange' | 'allowDeselect'> {
  readonly values: readonly Value[];
  readonly words: Readonly<Record<Value, string>>;
  readonly value: Value;
  readonly change: (value: Value) => void;
}

/** One of the few values that the API knows; there is always one. */
export function ChoiceSelect<Value extends string>({ values, words, change, ...select }: Props<Value>) {
  return (
    <Select
      {...select}
      allowDeselect={false}
      data={values.map((value) => ({ value, label: words[value] }))}
      onChange={(chosen) => {
        const value = values.find((known) => known === chosen);
        if (value !== undefined) change(value);
      }}
    />
  );
}

interface FilterProps<Value extends string> extends Omit<Props<Value>, 'value' | 'change'> {
  readonly value: Value | undefined;
  readonly change: (value: Value | undefined) => void;
  /** What stands for no choice. */
  readonly any: string;
}

/** The same where it may also be any of them. */
export function ChoiceFilter<Value extends string>({
  values,
  words,
  any,
  value,
  change,
  ...select
}: FilterProps<Value>) {
  return (
    <Select
      {...select}
      allowDeselect={false}
      data={[{ value: '', label: any }, ...values.map((known) => ({ value: known, label: words[known] }))]}
      value={value ?? ''}
      onChange={(chosen) => change(values.find((known) => known === chosen))}
    />
  );
}
