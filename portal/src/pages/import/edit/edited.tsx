import { Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ButtonLink, Link } from '../../../parts/link.tsx';
import type { ImportLedger } from '../sending/import-ledger.ts';
import { madeVersionQuery } from './edited-query.ts';
import { text } from './text.ts';

/** What a list has done to an audience: who came, who left, and the version that it made. */
export function Edited({ ledger, audienceId }: { ledger: ImportLedger; audienceId: string }) {
  const { id, addedCount = 0, removedCount = 0 } = ledger;
  const hasChanged = addedCount + removedCount > 0;
  return (
    <Group justify="space-between" align="flex-start">
      <Stack gap={4} mih={60}>
        <Title order={2} size="h3" id="result-title">
          {hasChanged ? text.result.title(addedCount, removedCount) : text.result.nothing}
        </Title>
        {hasChanged ? <Made audienceId={audienceId} importId={id} /> : <Text>{text.result.nothingBody}</Text>}
      </Stack>
      <ButtonLink to="/audiences/$audienceId" params={{ audienceId }} size="md">
        {text.result.back}
      </ButtonLink>
    </Group>
  );
}

function Made({ audienceId, importId }: { audienceId: string; importId: string }) {
  const { data: made } = useQuery(madeVersionQuery(audienceId, importId));
  if (!made) return null;
  const { version, customerCount } = made;
  return (
    <Text>
      {text.result.version(version, customerCount)}{' '}
      {version > 1 && (
        <Link
          to="/audiences/$audienceId"
          params={{ audienceId }}
          search={{ tab: 'history', version, against: version - 1 }}
          td="underline"
        >
          {text.result.who}
        </Link>
      )}
    </Text>
  );
}
