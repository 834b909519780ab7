import { type ComboboxLikeRenderOptionInput, Group, MultiSelect, SegmentedControl, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { text as criteriaText } from '../../parts/criteria/text.ts';
import { formatCount, text as shared } from '../../text/en.ts';
import { useBuilder } from './builder-context.tsx';
import { changeLeaf, type Filter, type FilterType, leavesMax, type Value } from './criteria.ts';
import { talliesQuery } from './queries.ts';
import { text } from './text.ts';
import type { LeafProps } from './value-input.tsx';

/** One of the choices of a type, each with how many customers have it. */
export function ChoiceInput({ leaf, type }: LeafProps) {
  const { change } = useBuilder();
  const choices = type.constraints.choices ?? [];
  const renderOption = useCountedOption(type, choices);
  return (
    <Select
      size="sm"
      aria-label={text.valueLabel(type.label)}
      placeholder={text.choose}
      searchable
      data={choices.map((value) => ({ value, label: criteriaText.choice(value) }))}
      value={String(leaf.values[0] ?? '') || null}
      renderOption={renderOption}
      onChange={(value) => change(changeLeaf(leaf.id, { values: value === null ? [] : [value] }))}
    />
  );
}

export function ChoicesInput({ leaf, type }: LeafProps) {
  const { change } = useBuilder();
  const choices = type.constraints.choices ?? [];
  const renderOption = useCountedOption(type, choices);
  const chosen = leaf.values.map(String);
  // A choice that the institution no longer offers is shown until it is removed.
  const known = [...new Set([...choices, ...chosen])];
  return (
    <MultiSelect
      size="sm"
      aria-label={text.valueLabel(type.label)}
      placeholder={chosen.length === 0 ? text.choose : undefined}
      searchable
      hidePickedOptions={false}
      data={known.map((value) => ({ value, label: criteriaText.choice(value) }))}
      value={chosen}
      renderOption={renderOption}
      onChange={(values) => change(changeLeaf(leaf.id, { values }))}
    />
  );
}

export function YesNoInput({ leaf, type }: LeafProps) {
  const { change } = useBuilder();
  const counts = useCounts(type, [true, false]);
  const [yes, no] = [counts.get(true), counts.get(false)];
  return (
    <SegmentedControl
      size="xs"
      aria-label={text.valueLabel(type.label)}
      data={[
        { value: 'true', label: yes === undefined ? text.yes : `${text.yes} · ${shared.customers(yes)}` },
        { value: 'false', label: no === undefined ? text.no : `${text.no} · ${formatCount(no)}` },
      ]}
      value={String(leaf.values[0] ?? true)}
      onChange={(value) => change(changeLeaf(leaf.id, { values: [value === 'true'] }))}
    />
  );
}

function useCountedOption(type: FilterType, choices: readonly string[]) {
  const counts = useCounts(type, choices);
  return ({ option, checked }: ComboboxLikeRenderOptionInput<{ value: string; label: string }>) => {
    const count = counts.get(option.value);
    return (
      <Group justify="space-between" wrap="nowrap" flex={1} gap="md">
        <Text size="sm" fw={checked ? 600 : 400}>
          {option.label}
        </Text>
        {count !== undefined && (
          <Text size="xs" className="quiet figures">
            {shared.customers(count)}
          </Text>
        )}
      </Group>
    );
  };
}

/** How many customers have each value: all in one question, where there are no more than it may have. */
function useCounts(type: FilterType, values: readonly Value[]): ReadonlyMap<Value, number> {
  const filters = values.map((value): Filter => {
    return { filterType: { id: type.id, name: type.name }, operator: 'equals', values: [value] };
  });
  const { data = [] } = useQuery(talliesQuery(type, filters.length > leavesMax ? [] : filters));
  return new Map(values.flatMap((value, index) => (data[index] === undefined ? [] : [[value, data[index]]])));
}
