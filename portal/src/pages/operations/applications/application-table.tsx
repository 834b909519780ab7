import { Text } from '@mantine/core';
import { answered, api } from '../../../api/client.ts';
import { useSession } from '../../../app/session.tsx';
import { type Column, PagedTable } from '../../../parts/data-table.tsx';
import { type RowAction, RowMenu } from '../../../parts/row-menu.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { EmptyState } from '../../../parts/states.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { usePages } from '../../../parts/use-pages.ts';
import { type Application, applicationCalls } from './application-calls.ts';
import type { ApplicationAct } from './ask-application.tsx';
import { text } from './text.ts';

/** What is asked about, or filled in, before it is done. */
export type ApplicationMenuAct = ApplicationAct | 'change' | 'secrets';

type Begin = (act: ApplicationMenuAct, application: Application) => void;

export function ApplicationTable({ begin }: { begin: Begin | undefined }) {
  const pages = usePages({
    queryKey: ['applications'],
    read: ({ page, signal }) => answered(api.GET('/service/applications', { params: { query: page }, signal })),
  });
  return (
    <PagedTable
      pages={pages}
      caption={text.caption}
      columns={columns}
      menu={begin && ((application) => <ApplicationMenu application={application} begin={begin} />)}
      keyOf={({ id }) => id}
      empty={<EmptyState title={text.emptyTitle} body={text.empty} />}
      countOf={text.count}
    />
  );
}

const columns: readonly Column<Application>[] = [
  { key: 'name', header: text.columns.name, cell: (application) => <Name application={application} /> },
  {
    key: 'acts',
    header: text.columns.acts,
    hidesBelow: 'small',
    cell: ({ authenticationType }) => text.acts[authenticationType],
  },
  {
    key: 'environment',
    header: text.columns.environment,
    hidesBelow: 'medium',
    cell: ({ environment }) => text.environments[environment],
  },
  {
    key: 'key',
    header: text.columns.key,
    hidesBelow: 'medium',
    cell: ({ apiKeyState }) => text.keyStates[apiKeyState],
  },
  {
    key: 'state',
    header: text.columns.state,
    cell: ({ state }) => <StateMark tone={state === 'active' ? 'good' : 'bad'} label={text.states[state]} />,
  },
];

function Name({ application: { id, name, homeInstitution } }: { application: Application }) {
  const { institution } = useSession();
  return (
    <>
      <Text size="sm" fw={550}>
        {name}
      </Text>
      <Text size="xs" className="quiet">
        {homeInstitution === institution.id ? <code>{id}</code> : text.elsewhere(homeInstitution)}
      </Text>
    </>
  );
}

function ApplicationMenu({ application, begin }: { application: Application; begin: Begin }) {
  const { institution } = useSession();
  const enable = useChange({
    change: () => applicationCalls.enable(application.id),
    refreshes: [['applications']],
    says: () => text.said.enabled(application.name),
  });
  const enableKey = useChange({
    change: () => applicationCalls.enableKey(application.id),
    refreshes: [['applications']],
    says: () => text.said.keyEnabled(application.name),
  });
  // Its home alone changes it.
  if (application.homeInstitution !== institution.id) return null;
  const ask = (act: ApplicationMenuAct, isGrave = false): RowAction => ({
    label: text.actions[act],
    run: () => begin(act, application),
    isGrave,
  });
  const hasSecrets = application.clientAuthentication.startsWith('client_secret');
  const actions: readonly RowAction[] = [
    ask('change'),
    ...(hasSecrets ? [ask('secrets')] : []),
    ask('key'),
    ...(application.apiKeyState === 'active' ? [ask('disableKey', true)] : []),
    ...(application.apiKeyState === 'disabled'
      ? [{ label: text.actions.enableKey, run: () => enableKey.mutate(undefined) }]
      : []),
    application.state === 'active'
      ? ask('disable', true)
      : { label: text.actions.enable, run: () => enable.mutate(undefined) },
    ask('delete', true),
  ];
  return <RowMenu name={application.name} actions={actions} />;
}
