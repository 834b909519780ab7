import { MultiSelect, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Audience } from '../../api/client.ts';
import { text as criteriaText } from '../../parts/criteria/text.ts';
import { useBuilder } from './builder-context.tsx';
import { type Criteria, changeLeaf, leavesOf } from './criteria.ts';
import { audienceQuery, audiencesByNameQuery } from './queries.ts';
import { text } from './text.ts';
import type { LeafProps } from './value-input.tsx';

const pauseMs = 200;
/** Of so many audiences the names are asked for one by one: the API finds none by a list of ids. */
const namedMax = 20;

/** Other audiences, found by their names. */
export function AudiencesInput({ leaf, type }: LeafProps) {
  const { change, words } = useBuilder();
  const [search, setSearch] = useState('');
  const found = useFound(search);
  const chosen = leaf.values.map(String);
  const names = new Map(found.map(({ id, name }) => [id, name]));
  for (const id of chosen) names.set(id, names.get(id) ?? words.audienceNames?.get(id) ?? criteriaText.someAudience);
  return (
    <MultiSelect
      size="sm"
      aria-label={text.valueLabel(type.label)}
      placeholder={chosen.length === 0 ? text.findAudience : undefined}
      searchable
      searchValue={search}
      onSearchChange={setSearch}
      hidePickedOptions={false}
      nothingFoundMessage={text.noAudience}
      data={[...names].map(([value, label]) => ({ value, label }))}
      value={chosen}
      onChange={(values) => change(changeLeaf(leaf.id, { values }))}
    />
  );
}

/** One audience, to be held against the criteria. */
export function AudienceSelect(props: {
  value: Pick<Audience, 'id' | 'name'> | undefined;
  onChange: (audience: Pick<Audience, 'id' | 'name'> | undefined) => void;
  label: string;
}) {
  const [search, setSearch] = useState('');
  const found = useFound(search === props.value?.name ? '' : search);
  const options = new Map(found.map((audience) => [audience.id, audience.name]));
  if (props.value !== undefined) options.set(props.value.id, props.value.name);
  return (
    <Select
      size="sm"
      aria-label={props.label}
      placeholder={text.findAudience}
      searchable
      clearable
      clearButtonProps={{ 'aria-label': text.compare.clear }}
      searchValue={search}
      onSearchChange={setSearch}
      nothingFoundMessage={text.noAudience}
      data={[...options].map(([value, label]) => ({ value, label }))}
      value={props.value?.id ?? null}
      onChange={(id) => {
        const name = options.get(id ?? '');
        props.onChange(id === null || name === undefined ? undefined : { id, name });
      }}
    />
  );
}

function useFound(search: string): readonly Audience[] {
  const [asked] = useDebouncedValue(search.trim().slice(0, 80), pauseMs);
  const { data = [] } = useQuery(audiencesByNameQuery(asked));
  return data;
}

/** The names of the audiences that criteria ask about, as far as the person sees them. */
export function useAudienceNames(criteria: Criteria): ReadonlyMap<string, string> {
  const ids = leavesOf(criteria)
    .filter(({ type }) => (type.id ?? type.name) === 'customerAudience')
    .flatMap(({ values }) => values.map(String));
  const asked = [...new Set(ids)].slice(0, namedMax);
  return useQueries({
    queries: asked.map((id) => ({ ...audienceQuery(id), retry: false, staleTime: 60_000 })),
    combine: (answers) =>
      new Map(answers.flatMap(({ data }) => (data === undefined ? [] : [[data.data.id, data.data.name]]))),
  });
}
