import { Button, Group, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { answered, api } from '../../../api/client.ts';
import { useMay } from '../../../app/session.tsx';
import { tellProblem } from '../use-changes.ts';
import { text } from './text.ts';

/** Also for somebody who is no member: the answer then says why not. */
export function FindCustomer() {
  const navigate = useNavigate({ from: '/audiences/$audienceId' });
  const may = useMay();
  const [typed, setTyped] = useState('');
  const find = useMutation({
    mutationFn: async (id: string) => (may('readCustomers') ? await idOf(id) : id),
    onSuccess: (customer) => navigate({ search: (before) => ({ ...before, customer }), resetScroll: false }),
    onError: tellProblem,
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== '') find.mutate(typed.trim());
      }}
    >
      <Group gap="xs" wrap="nowrap">
        <TextInput
          flex="1 1 160px"
          aria-label={text.find.label}
          placeholder={text.find.placeholder}
          maxLength={64}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={find.isPending}>
          {text.find.action}
        </Button>
      </Group>
    </form>
  );
}

/** The id of whom the table shows by the number of the core system; what is none of those is an id already. */
async function idOf(typed: string): Promise<string> {
  const params = { query: { coreCustomerId: [typed], limit: 1 } };
  const { items } = await answered(api.GET('/service/customers', { params }));
  return items[0]?.id ?? typed;
}
