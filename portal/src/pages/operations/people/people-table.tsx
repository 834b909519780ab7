import { Group, Text } from '@mantine/core';
import { answered, api } from '../../../api/client.ts';
import { useSession } from '../../../app/session.tsx';
import { type Column, PagedTable } from '../../../parts/data-table.tsx';
import { Ago } from '../../../parts/moment.tsx';
import { type RowAction, RowMenu } from '../../../parts/row-menu.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { usePages } from '../../../parts/use-pages.ts';
import { roleWords } from '../../../text/words.ts';
import { type Person, peopleCalls } from './people-calls.ts';
import type { PeopleSearch } from './search.ts';
import { text } from './text.ts';

/** What is asked about, or filled in, before it is done. */
export type PersonAct = 'change' | 'link' | 'resetSecondFactor' | 'endSessions' | 'disable' | 'erase';

type Begin = (act: PersonAct, person: Person) => void;

export function PeopleTable({ search, begin }: { search: PeopleSearch; begin: Begin | undefined }) {
  const pages = usePages({
    queryKey: ['people', search],
    read: ({ page, signal }) =>
      answered(api.GET('/service/userAccounts', { params: { query: { ...page, ...search } }, signal })),
  });
  return (
    <PagedTable
      pages={pages}
      caption={text.caption}
      columns={columns}
      menu={begin && ((person) => <PersonMenu person={person} begin={begin} />)}
      keyOf={({ id }) => id}
      empty={
        search.name === undefined ? (
          <EmptyState title={text.emptyTitle} body={text.empty} />
        ) : (
          <EmptyState title={text.noneTitle} body={text.none} />
        )
      }
      countOf={text.count}
    />
  );
}

const columns: readonly Column<Person>[] = [
  { key: 'name', header: text.columns.name, cell: (person) => <Name person={person} /> },
  {
    key: 'roles',
    header: text.columns.roles,
    hidesBelow: 'small',
    cell: ({ roles }) => (roles.length === 0 ? text.noRoles : roles.map((role) => roleWords[role].label).join(', ')),
  },
  {
    key: 'state',
    header: text.columns.state,
    cell: ({ state, hasPassword }) => {
      if (state === 'disabled') return <StateMark tone="bad" label={text.states.disabled} />;
      return hasPassword ? (
        <StateMark tone="good" label={text.states.active} />
      ) : (
        <StateMark tone="quiet" label={text.states.invited} />
      );
    },
  },
  {
    key: 'secondFactor',
    header: text.columns.secondFactor,
    hidesBelow: 'medium',
    cell: ({ hasSecondFactor }) => (hasSecondFactor ? text.secondFactor.yes : text.secondFactor.no),
  },
  {
    key: 'lastSignIn',
    header: text.columns.lastSignIn,
    isRight: true,
    hidesBelow: 'small',
    cell: ({ lastSignInAt }) =>
      lastSignInAt === undefined ? <span className="quiet">{text.never}</span> : <Ago at={lastSignInAt} />,
  },
];

function Name({ person: { id, name, loginName, homeInstitution } }: { person: Person }) {
  const { person, institution } = useSession();
  return (
    <>
      <Group gap={6}>
        <Text size="sm" fw={550}>
          {name}
        </Text>
        {id === person.id && (
          <Text size="xs" className="quiet">
            {text.you}
          </Text>
        )}
      </Group>
      <Text size="xs" className="quiet">
        {loginName}
        {homeInstitution !== institution.id && ` · ${text.elsewhere(homeInstitution)}`}
      </Text>
    </>
  );
}

function PersonMenu({ person, begin }: { person: Person; begin: Begin }) {
  const session = useSession();
  const enable = useChange({
    change: () => peopleCalls.enable(person.id),
    refreshes: [['people']],
    says: () => text.said.enabled(person.name),
  });
  // Nobody changes their own access here: `/account` is for that.
  if (person.id === session.person.id) return null;
  const ask = (act: PersonAct, isGrave = false): RowAction => ({
    label: text.actions[act],
    run: () => begin(act, person),
    isGrave,
  });
  // Their home manages everything but the roles.
  if (person.homeInstitution !== session.institution.id)
    return <RowMenu name={person.name} actions={[ask('change')]} />;
  const turn =
    person.state === 'active'
      ? ask('disable', true)
      : { label: text.actions.enable, run: () => enable.mutate(undefined) };
  const acts = [ask('change'), ask('link'), ask('resetSecondFactor'), ask('endSessions'), turn, ask('erase', true)];
  return <RowMenu name={person.name} actions={acts} />;
}
