import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Principal, principalsQuery } from '../api/principals.ts';
import { text } from '../text/en.ts';
import { useActorNames } from './use-actor-names.ts';

interface Choice {
  readonly value: string;
  readonly label: string;
}

interface Props {
  readonly label: string;
  readonly isLabelHidden?: boolean;
  readonly placeholder?: string;
  readonly width: number;
  readonly value: string;
  readonly change: (value: string) => void;
  /** What else can be chosen, before anybody. */
  readonly before?: readonly Choice[];
  /** Ids that cannot be chosen. */
  readonly without?: readonly string[];
  /** Only who may act for the institution now. */
  readonly isActive?: boolean;
}

/** Somebody, found by name among all whom the institution knows. */
export function PrincipalSelect({ before = [], without = [], isActive = false, value, ...props }: Props) {
  const [typed, setTyped] = useState('');
  const fixed = before.find((choice) => choice.value === value);
  const nameOf = useActorNames(fixed === undefined && value !== '' ? [value] : []);
  const chosen = fixed ?? { value, label: value === '' ? '' : nameOf(value) };
  // The name of who is chosen stands in the field too, and looks for nobody else.
  const [name] = useDebouncedValue(typed === chosen.label ? '' : typed.trim(), 200);
  const { data: found = [], isFetching } = useQuery(principalsQuery({ name, isActive }));
  const free = found.filter(({ id }) => !without.includes(id));
  const isOffered = value === '' || fixed !== undefined || free.some(({ id }) => id === value);
  return (
    <Select
      w={props.width}
      {...(props.isLabelHidden === true ? { 'aria-label': props.label } : { label: props.label })}
      placeholder={props.placeholder ?? ''}
      searchable
      allowDeselect={false}
      nothingFoundMessage={isFetching ? text.states.loading : text.actors.nobody}
      // The server has found them already.
      filter={({ options }) => options}
      data={[
        ...before,
        ...(isOffered ? [] : [chosen]),
        { group: text.actors.people, items: choicesOf(free, 'person') },
        { group: text.actors.applications, items: choicesOf(free, 'application') },
      ]}
      value={value === '' && before.length === 0 ? null : value}
      onSearchChange={setTyped}
      onChange={(next) => props.change(next ?? '')}
    />
  );
}

function choicesOf(principals: readonly Principal[], kind: Principal['kind']): Choice[] {
  return principals.filter((known) => known.kind === kind).map(({ id, name }) => ({ value: id, label: name }));
}
