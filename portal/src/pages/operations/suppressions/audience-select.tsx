import { Group, Select, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Audience, answered, api } from '../../../api/client.ts';
import { text } from './text.ts';

/** More than a list to choose from can show: a name finds the others. */
const shownMax = 20;

/** An audience, found by its name as one types. */
export function AudienceSelect(props: { value: string | null; choose: (audience: Audience) => void }) {
  const { value, choose } = props;
  const [search, setSearch] = useState('');
  const [name] = useDebouncedValue(search.trim().slice(0, 80), 200);
  const [chosen, setChosen] = useState<Audience>();
  const isChosenName = chosen?.name === name;
  const { data } = useQuery({
    queryKey: ['audiences', 'select', isChosenName ? '' : name],
    queryFn: ({ signal }) => findAudiences(isChosenName ? '' : name, signal),
    placeholderData: (previous) => previous,
  });
  const found = data?.items ?? [];
  const options = chosen === undefined || found.some(({ id }) => id === chosen.id) ? found : [chosen, ...found];
  return (
    <Select
      searchable
      label={text.form.audienceLabel}
      description={text.form.audienceHint}
      placeholder={text.form.audiencePlaceholder}
      nothingFoundMessage={text.form.audienceNone}
      data={options.map(({ id, name: label }) => ({ value: id, label }))}
      value={value}
      allowDeselect={false}
      // The server has searched already.
      filter={({ options: all }) => all}
      searchValue={search}
      onSearchChange={setSearch}
      onChange={(id) => {
        const audience = options.find((option) => option.id === id);
        if (audience === undefined) return;
        setChosen(audience);
        choose(audience);
      }}
      renderOption={({ option }) => <Option audience={options.find(({ id }) => id === option.value)} />}
    />
  );
}

function Option({ audience }: { audience: Audience | undefined }) {
  if (audience === undefined) return null;
  return (
    <Group justify="space-between" wrap="nowrap" flex={1}>
      <Text size="sm">{audience.name}</Text>
      <Text size="xs" className="quiet figures">
        {text.form.members(audience.customerCount)}
      </Text>
    </Group>
  );
}

function findAudiences(name: string, signal: AbortSignal) {
  const query = { limit: shownMax, ...(name === '' ? {} : { name }), state: ['active'] };
  return answered(api.GET('/service/customerAudiences', { params: { query }, signal }));
}
