import { Button, Group, Select, Stack } from '@mantine/core';
import { useState } from 'react';
import type { Audience } from '../../../api/client.ts';
import { useSession } from '../../../app/session.tsx';
import { PrincipalSelect } from '../../../parts/principal-select.tsx';
import { ProblemState } from '../../../parts/states.tsx';
import { text } from './text.ts';
import { accesses, type Collaborator, useShare } from './use-shares.ts';

interface Props {
  readonly audience: Audience;
  readonly collaborators: readonly Collaborator[];
}

/** Adds one, found by name. */
export function ShareForm({ audience, collaborators }: Props) {
  const [who, setWho] = useState('');
  const [access, setAccess] = useState<Collaborator['access']>('view');
  const share = useShare(audience.id);
  const { person } = useSession();
  const taken = [audience.createdBy, person.id, ...collaborators.map(({ principalId }) => principalId)];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        share.mutate({ principalId: who, access }, { onSuccess: () => setWho('') });
      }}
    >
      <Stack gap="sm">
        <Group align="flex-end" gap="sm">
          <PrincipalSelect
            width={320}
            label={text.who}
            placeholder={text.whoPlaceholder}
            isActive
            without={taken}
            value={who}
            change={setWho}
          />
          <Select
            w={190}
            label={text.may}
            allowDeselect={false}
            data={accesses.map((value) => ({ value, label: text.access[value] }))}
            value={access}
            onChange={(value) => setAccess(accesses.find((known) => known === value) ?? 'view')}
          />
          <Button type="submit" disabled={who === ''} loading={share.isPending}>
            {text.action}
          </Button>
        </Group>
        {share.error !== null && <ProblemState error={share.error} />}
      </Stack>
    </form>
  );
}
