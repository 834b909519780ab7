import { Alert, Button, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { IconShieldCheck, IconShieldOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { answered, api, type Schemas } from '../../../api/client.ts';
import { useMay } from '../../../app/session.tsx';
import { Link } from '../../../parts/link.tsx';
import { ProblemState } from '../../../parts/states.tsx';
import { useActorNames } from '../../../parts/use-actor-names.ts';
import { useChange } from '../../../parts/use-change.ts';
import { formatAgo } from '../../../text/en.ts';
import { sayFinding } from './finding.ts';
import { text } from './text.ts';

type Verification = Schemas['auditVerification'];

const movingIntervalMs = 1_000;

/** Whether the trail is whole: the last answer to that, and a way to ask again. */
export function Verify() {
  const may = useMay();
  const { data, error, refetch } = useQuery({
    queryKey: ['auditVerifications'],
    queryFn: ({ signal }) =>
      answered(api.GET('/service/auditVerifications', { params: { query: { limit: 1 } }, signal })),
    refetchInterval: ({ state }) => (state.data?.items[0]?.state === 'running' ? movingIntervalMs : false),
  });
  const start = useChange({
    change: () => answered(api.POST('/service/auditVerifications')),
    refreshes: [['auditVerifications']],
  });
  const last = data?.items[0];
  const { title, lead, action, beyond, guide } = text.verify;
  return (
    <Paper withBorder p="lg">
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <Stack gap={4} flex="1 1 320px">
            <Title order={2} size="h4">
              {title}
            </Title>
            <Text size="sm">{lead}</Text>
          </Stack>
          {may('verifyAudit') && (
            // While one runs too: one whose process has died would stand there for ever.
            <Button variant="default" loading={start.isPending} onClick={() => start.mutate()}>
              {action}
            </Button>
          )}
        </Group>
        {error !== null && <ProblemState error={error} retry={refetch} />}
        {data !== undefined && (last === undefined ? <Text size="sm">{text.verify.never}</Text> : <Result of={last} />)}
        <Text size="sm" className="quiet">
          {beyond}{' '}
          <Link to="/help/$kind/$name" params={{ kind: 'operations', name: 'audit' }} size="sm" underline="always">
            {guide}
          </Link>
        </Text>
      </Stack>
    </Paper>
  );
}

function Result({ of }: { of: Verification }) {
  if (of.state === 'running') return <Walk of={of} />;
  if (of.state === 'failed') return <Text size="sm">{text.verify.failed}</Text>;
  const { finding, entryCount } = of;
  if (finding === undefined) {
    return (
      <Alert color="green" variant="light" icon={<IconShieldCheck aria-hidden />} role="status">
        <Text size="sm">{text.verify.intact(entryCount)}</Text>
        <When of={of} />
      </Alert>
    );
  }
  return (
    <Alert color="red" variant="light" icon={<IconShieldOff aria-hidden />} title={sayFinding(finding)} role="status">
      <Text size="sm">{text.verify.broken(entryCount)}</Text>
      <When of={of} />
    </Alert>
  );
}

function When({ of: { createdBy, finishedAt } }: { of: Verification }) {
  const nameOf = useActorNames([createdBy]);
  return (
    <Text size="sm" className="quiet">
      {text.verify.when(finishedAt === undefined ? '' : formatAgo(finishedAt), nameOf(createdBy))}
    </Text>
  );
}

function Walk({ of: { entryCount, totalCount = 0 } }: { of: Verification }) {
  const share = totalCount === 0 ? 0 : (100 * entryCount) / totalCount;
  return (
    <Stack gap={4} role="status">
      <Text size="sm" className="figures">
        {text.verify.walking(entryCount, totalCount)}
      </Text>
      <Progress value={share} aria-label={text.verify.progress} animated />
    </Stack>
  );
}
