import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Audience } from '../../../api/client.ts';
import { useMay, useSession } from '../../../app/session.tsx';
import { ProblemState } from '../../../parts/states.tsx';
import { usePrincipals } from '../people.ts';
import { text } from './text.ts';
import { accesses, type Collaborator, useShare } from './use-shares.ts';

interface Props {
  readonly audience: Audience;
  readonly collaborators: readonly Collaborator[];
}

/** Adds one: chosen by name by whoever may look people up, by id by others. */
export function ShareForm({ audience, collaborators }: Props) {
  const [who, setWho] = useState('');
  const [access, setAccess] = useState<Collaborator['access']>('view');
  const share = useShare(audience.id);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        share.mutate({ principalId: who.trim(), access }, { onSuccess: () => setWho('') });
      }}
    >
      <Stack gap="sm">
        <Group align="flex-end" gap="sm">
          <Who audience={audience} collaborators={collaborators} who={who} setWho={setWho} />
          <Select
            w={190}
            label={text.may}
            allowDeselect={false}
            data={accesses.map((value) => ({ value, label: text.access[value] }))}
            value={access}
            onChange={(value) => setAccess(accesses.find((known) => known === value) ?? 'view')}
          />
          <Button type="submit" disabled={who.trim() === ''} loading={share.isPending}>
            {text.action}
          </Button>
        </Group>
        {share.error !== null && <ProblemState error={share.error} />}
      </Stack>
    </form>
  );
}

function Who({ audience, collaborators, who, setWho }: Props & { who: string; setWho: (who: string) => void }) {
  const may = useMay();
  const { person } = useSession();
  const taken = new Set([audience.createdBy, person.id, ...collaborators.map(({ principalId }) => principalId)]);
  const free = usePrincipals().filter(({ id }) => !taken.has(id));
  const options = (kind: Collaborator['kind']) =>
    free.filter((principal) => principal.kind === kind).map(({ id, name }) => ({ value: id, label: name }));
  if (!may('readAccess')) {
    return (
      <TextInput
        w={320}
        label={text.who}
        description={text.idHint}
        placeholder={text.idPlaceholder}
        maxLength={64}
        value={who}
        onChange={({ currentTarget }) => setWho(currentTarget.value)}
      />
    );
  }
  return (
    <Select
      w={320}
      label={text.who}
      placeholder={text.whoPlaceholder}
      searchable
      data={[
        { group: text.people, items: options('person') },
        { group: text.applications, items: options('application') },
      ]}
      value={who === '' ? null : who}
      onChange={(value) => setWho(value ?? '')}
    />
  );
}
