import { Button, Group, Stack } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../../app/session.tsx';
import { Page } from '../../../parts/page.tsx';
import { SearchInput } from '../../../parts/search-input.tsx';
import { ShownOnceDialog } from '../../../parts/shown-once.tsx';
import { AskPerson } from './ask-person.tsx';
import type { Person, SignInLink } from './people-calls.ts';
import { PeopleTable, type PersonAct } from './people-table.tsx';
import { AddPerson, ChangePerson } from './person-form.tsx';
import { text } from './text.ts';

type Doing =
  | { readonly what: 'add' }
  | { readonly what: PersonAct; readonly person: Person }
  | { readonly what: 'show'; readonly person: Person; readonly link: SignInLink };

/** Who signs in at the institution, and as what. */
export function PeoplePage() {
  const may = useMay();
  const search = useSearch({ from: '/operations/people' });
  const navigate = useNavigate({ from: '/operations/people' });
  const [doing, setDoing] = useState<Doing>();
  const add = may('manageAccess') && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setDoing({ what: 'add' })}>
      {text.add}
    </Button>
  );
  return (
    <Page title={text.title} lead={text.lead} actions={add}>
      <Stack gap="md">
        <Group>
          <SearchInput
            label={text.search}
            value={search.name ?? ''}
            search={(name) => void navigate({ search: name === '' ? {} : { name }, replace: true })}
          />
        </Group>
        <PeopleTable
          search={search}
          begin={may('manageAccess') ? (what, person) => setDoing({ what, person }) : undefined}
        />
      </Stack>
      {doing !== undefined && <Begun doing={doing} go={setDoing} />}
    </Page>
  );
}

function Begun({ doing, go }: { doing: Doing; go: (doing: Doing | undefined) => void }) {
  const close = () => go(undefined);
  const show = (person: Person, link: SignInLink | undefined) =>
    go(link === undefined ? { what: 'link', person } : { what: 'show', person, link });
  if (doing.what === 'add') return <AddPerson close={close} made={show} />;
  if (doing.what === 'change') return <ChangePerson person={doing.person} close={close} />;
  if (doing.what === 'show') return <Link person={doing.person} link={doing.link} close={close} />;
  return <AskPerson act={doing.what} person={doing.person} close={close} linkMade={show} />;
}

function Link({ person, link, close }: { person: Person; link: SignInLink; close: () => void }) {
  // The server may not know under which address it is reached.
  const value = new URL(link.link_url ?? '', document.baseURI).href;
  return (
    <ShownOnceDialog
      title={text.link.title(person.name)}
      lead={text.link.lead(link.expiresAt)}
      kept={[{ label: text.link.label, value }]}
      close={close}
    />
  );
}
