import { Group, MultiSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../../parts/dialog.tsx';
import { boundOf, type FilterType, hasBounds, type Limit, type LimitedType, turned } from './limits.ts';
import { text } from './text.ts';

interface Props {
  readonly row: LimitedType;
  readonly save: (limit: Limit) => void;
  readonly close: () => void;
}

/** Bounds or choices of one type. Whether they fit, the server says above the table. */
export function NarrowDialog({ row, save, close }: Props) {
  const [minimum, setMinimum] = useState(String(row.limit?.minimum ?? ''));
  const [maximum, setMaximum] = useState(String(row.limit?.maximum ?? ''));
  const [choices, setChoices] = useState<readonly string[]>(row.limit?.choices ?? []);
  const dataType = row.type?.dataType ?? 'string';
  const limit = limitOf({ row, dataType, minimum, maximum, choices });
  return (
    <FormDialog
      title={text.narrow.title(row.label)}
      close={close}
      submit={() => {
        save(limit);
        close();
      }}
      submitLabel={text.narrow.submit}
      isBusy={false}
      error={null}
    >
      {hasBounds(row) ? (
        <Group grow align="flex-start">
          <BoundInput label={text.narrow.minimum} dataType={dataType} value={minimum} change={setMinimum} />
          <BoundInput label={text.narrow.maximum} dataType={dataType} value={maximum} change={setMaximum} />
        </Group>
      ) : (
        <MultiSelect
          label={text.narrow.choices}
          description={text.narrow.choicesHint}
          searchable
          data={[...new Set([...(row.type?.constraints.choices ?? []), ...choices])]}
          value={[...choices]}
          onChange={setChoices}
        />
      )}
    </FormDialog>
  );
}

interface Entered {
  readonly row: LimitedType;
  readonly dataType: FilterType['dataType'];
  readonly minimum: string;
  readonly maximum: string;
  readonly choices: readonly string[];
}

function limitOf({ row, dataType, minimum, maximum, choices }: Entered): Limit {
  const least = boundOf(minimum, dataType);
  const greatest = boundOf(maximum, dataType);
  const bounds: Limit = {
    name: row.name,
    ...(least === undefined ? {} : { minimum: least }),
    ...(greatest === undefined ? {} : { maximum: greatest }),
    ...(choices.length === 0 ? {} : { choices: [...choices] }),
  };
  return turned(bounds, { name: row.name, isHidden: row.limit?.hidden === true });
}

function BoundInput(props: {
  label: string;
  dataType: FilterType['dataType'];
  value: string;
  change: (value: string) => void;
}) {
  const { label, dataType, value, change } = props;
  const format =
    dataType === 'integer' || dataType === 'decimal' || dataType === 'date' ? text.narrow.format[dataType] : '';
  return (
    <TextInput
      label={label}
      description={format}
      type={dataType === 'date' ? 'date' : 'text'}
      inputMode={dataType === 'date' ? 'text' : 'decimal'}
      value={value}
      maxLength={17}
      onChange={({ currentTarget }) => change(currentTarget.value)}
    />
  );
}
