import { NumberInput, TagsInput, Text, TextInput } from '@mantine/core';
import { lazy, type ReactNode, Suspense } from 'react';
import { text as criteriaText } from '../../parts/criteria/text.ts';
import { AudiencesInput } from './audience-input.tsx';
import classes from './builder.module.css';
import { useBuilder } from './builder-context.tsx';
import { ChoiceInput, ChoicesInput, YesNoInput } from './choice-input.tsx';
import { changeLeaf, type FilterType, type Leaf, type Value } from './criteria.ts';
import { arityOf, isOfDays } from './operators.ts';
import { text } from './text.ts';

const DayInput = lazy(() => import('./day-input.tsx'));

export interface LeafProps {
  readonly leaf: Leaf;
  readonly type: FilterType;
}

/** Asks for what the operator compares with, fitted to the type. */
export function ValueInput({ leaf, type }: LeafProps): ReactNode {
  const arity = arityOf(leaf.operator);
  if (arity === 'none') return null;
  if (isOfDays(leaf.operator)) return <DaysInput leaf={leaf} type={type} />;
  switch (type.dataType) {
    case 'audience':
      return <AudiencesInput leaf={leaf} type={type} />;
    case 'boolean':
      return <YesNoInput leaf={leaf} type={type} />;
    case 'enumeration':
      return arity === 'many' ? <ChoicesInput leaf={leaf} type={type} /> : <ChoiceInput leaf={leaf} type={type} />;
    default:
      if (arity === 'many') return <ListInput leaf={leaf} type={type} />;
      return arity === 'two' ? <RangeInput leaf={leaf} type={type} /> : <OneInput leaf={leaf} type={type} place={0} />;
  }
}

function RangeInput({ leaf, type }: LeafProps) {
  return (
    <>
      <OneInput leaf={leaf} type={type} place={0} label={text.fromLabel(type.label)} />
      <Text size="sm" className={`quiet ${classes.word}`}>
        {text.and}
      </Text>
      <OneInput leaf={leaf} type={type} place={1} label={text.toLabel(type.label)} />
    </>
  );
}

function OneInput(props: LeafProps & { place: 0 | 1; label?: string }) {
  const { leaf, type, place, label = text.valueLabel(type.label) } = props;
  const setValue = useValue(leaf, place);
  const value = leaf.values[place] ?? '';
  if (type.dataType === 'date') {
    return (
      <Suspense fallback={<TextInput size="sm" disabled aria-label={label} />}>
        <DayInput label={label} value={String(value)} constraints={type.constraints} onChange={setValue} />
      </Suspense>
    );
  }
  if (type.dataType === 'string') {
    const { pattern } = type.constraints;
    return (
      <TextInput
        size="sm"
        aria-label={label}
        value={String(value)}
        maxLength={200}
        placeholder={pattern}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
      />
    );
  }
  return (
    <NumberInput
      size="sm"
      aria-label={label}
      hideControls
      thousandSeparator=","
      allowDecimal={type.dataType === 'decimal'}
      decimalScale={type.dataType === 'decimal' ? 2 : 0}
      // What lies beyond the bounds is said, not silently changed.
      clampBehavior="none"
      value={typeof value === 'boolean' ? '' : value}
      placeholder={placeholderOf(type, place)}
      onChange={setValue}
    />
  );
}

function placeholderOf({ constraints, dataType }: FilterType, place: 0 | 1): string {
  const bound = place === 0 ? constraints.minimum : constraints.maximum;
  return dataType === 'integer' && bound !== undefined && Number(bound) < 1_000 ? String(bound) : '';
}

function DaysInput({ leaf, type }: LeafProps) {
  const setValue = useValue(leaf, 0);
  const value = leaf.values[0] ?? '';
  return (
    <NumberInput
      size="sm"
      aria-label={text.valueLabel(type.label)}
      suffix={text.daysSuffix}
      placeholder={criteriaText.days(90)}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      clampBehavior="none"
      step={30}
      min={0}
      value={typeof value === 'boolean' ? '' : value}
      onChange={setValue}
    />
  );
}

/** Many values typed or pasted: a column of a spreadsheet becomes a list. */
function ListInput({ leaf, type }: LeafProps) {
  const { change } = useBuilder();
  return (
    <TagsInput
      size="sm"
      aria-label={text.valueLabel(type.label)}
      placeholder={leaf.values.length === 0 ? text.oneOrMore : undefined}
      splitChars={[',', ';', '\n', '\t']}
      acceptValueOnBlur
      maxTags={5_000}
      value={leaf.values.map(String)}
      onChange={(values) => change(changeLeaf(leaf.id, { values }))}
    />
  );
}

/** Sets one of the values; of two the other stays as it is, or empty. */
function useValue(leaf: Leaf, place: 0 | 1): (value: Value) => void {
  const { change } = useBuilder();
  return (value) => {
    const [first = '', second = ''] = leaf.values;
    const isRange = arityOf(leaf.operator) === 'two';
    const values = isRange ? (place === 0 ? [value, second] : [first, value]) : [value];
    change(changeLeaf(leaf.id, { values: values.every((each) => each === '') ? [] : values }));
  };
}
