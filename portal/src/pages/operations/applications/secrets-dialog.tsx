import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answered, api, type Schemas } from '../../../api/client.ts';
import { type Column, DataTable } from '../../../parts/data-table.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { Ago } from '../../../parts/moment.tsx';
import { LoadingState, ProblemState } from '../../../parts/states.tsx';
import { useChange } from '../../../parts/use-change.ts';
import { formatMoment, text as shared } from '../../../text/en.ts';
import { type Application, applicationCalls, type Credentials } from './application-calls.ts';
import { text } from './text.ts';

type Secret = Schemas['applicationSecret'];

interface Props {
  readonly application: Application;
  readonly close: () => void;
  readonly made: (credentials: Credentials) => void;
}

/** Which secrets are valid, and the way from one to the next: make the second, hand it over, delete the first. */
export function SecretsDialog({ application, close, made }: Props) {
  const { id, name } = application;
  const { data, error, refetch } = useQuery({
    queryKey: ['applications', 'secrets', id],
    queryFn: ({ signal }) =>
      answered(
        api.GET('/service/applications/{applicationId}/secrets', { params: { path: { applicationId: id } }, signal }),
      ),
  });
  const make = useChange({
    change: () => applicationCalls.makeSecret(id),
    refreshes: [['applications']],
    showsProblemItself: true,
    onDone: (secret) => made({ application, ...(secret === undefined ? {} : { secret }) }),
  });
  return (
    <Dialog title={text.secrets.title(name)} close={close} size="lg">
      <Stack gap="md">
        <Text size="sm" className="quiet">
          {text.secrets.lead}
        </Text>
        {data === undefined && (error === null ? <LoadingState /> : <ProblemState error={error} retry={refetch} />)}
        {data !== undefined && <Secrets application={application} secrets={data.items} />}
        {make.error !== null && <ProblemState error={make.error} />}
        <Group justify="flex-end">
          <Button loading={make.isPending} disabled={data === undefined} onClick={() => make.mutate(undefined)}>
            {text.secrets.make}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

function Secrets({ application, secrets }: { application: Application; secrets: readonly Secret[] }) {
  const remove = useChange({
    change: (secretId: string) => applicationCalls.deleteSecret(application.id, secretId),
    refreshes: [['applications']],
    says: () => text.said.secretDeleted,
  });
  if (secrets.length === 0) return <Text size="sm">{text.secrets.none}</Text>;
  const actions: Column<Secret> = {
    key: 'actions',
    header: shared.table.actions,
    isHeaderHidden: true,
    isRight: true,
    cell: ({ id }) => (
      <Button
        size="xs"
        variant="default"
        aria-label={text.secrets.deleteOf(id)}
        loading={remove.isPending && remove.variables === id}
        onClick={() => remove.mutate(id)}
      >
        {text.secrets.delete}
      </Button>
    ),
  };
  return (
    <DataTable caption={text.secrets.caption} rows={secrets} keyOf={({ id }) => id} columns={[...columns, actions]} />
  );
}

const columns: readonly Column<Secret>[] = [
  { key: 'id', header: text.secrets.id, hidesBelow: 'small', cell: ({ id }) => <code>{id}</code> },
  { key: 'madeAt', header: text.secrets.madeAt, cell: ({ createdAt }) => <Ago at={createdAt} /> },
  {
    key: 'endsAt',
    header: text.secrets.endsAt,
    cell: ({ expiresAt }) => (expiresAt === undefined ? text.secrets.noEnd : formatMoment(expiresAt)),
  },
];
