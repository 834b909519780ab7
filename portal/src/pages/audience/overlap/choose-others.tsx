import { MultiSelect } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type Audience, answered, api } from '../../../api/client.ts';
import { othersMax } from '../view.ts';
import { text } from './text.ts';

interface Props {
  readonly audience: Audience;
  readonly others: readonly string[];
  readonly nameOf: (id: string) => string;
}

/** Found by name on the server: an institution may have ten thousand. */
export function ChooseOthers({ audience, others, nameOf }: Props) {
  const navigate = useNavigate({ from: '/audiences/$audienceId' });
  const [typed, setTyped] = useState('');
  const [name] = useDebouncedValue(typed.trim(), 200);
  const { data } = useQuery({
    queryKey: ['audiences', 'named', name],
    queryFn: async ({ signal }) => {
      const query = { sortBy: 'name', limit: 50, ...(name === '' ? {} : { name }) };
      return await answered(api.GET('/service/customerAudiences', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
  const found = (data?.items ?? []).filter(({ id }) => id !== audience.id && !others.includes(id));
  return (
    <MultiSelect
      maw={640}
      label={text.choose}
      description={text.chooseHint}
      placeholder={others.length === 0 ? text.placeholder : ''}
      searchable
      clearable
      hidePickedOptions
      maxValues={othersMax}
      nothingFoundMessage={text.none}
      // The server has searched: what is typed may differ from the name in case and spaces.
      filter={({ options }) => options}
      data={[
        ...found.map(({ id, name: label }) => ({ value: id, label })),
        ...others.map((id) => ({ value: id, label: nameOf(id) })),
      ]}
      value={[...others]}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(ids) =>
        void navigate({
          search: ids.length === 0 ? { tab: 'overlap' } : { tab: 'overlap', with: ids.join(',') },
          replace: true,
          resetScroll: false,
        })
      }
    />
  );
}
