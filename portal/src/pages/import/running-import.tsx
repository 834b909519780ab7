import { Button, Group, Progress, Stack, Text, Title } from '@mantine/core';
import classes from './import.module.css';
import type { ImportLedger } from './sending/import-ledger.ts';
import { useNow } from './sending-state.tsx';
import { text } from './text.ts';

interface Props {
  readonly ledger: ImportLedger;
  readonly isCanceling: boolean;
  readonly onCancel: () => void;
}

/** An import that the server carries on by itself. */
export function ImportRunning({ ledger, isCanceling, onCancel }: Props) {
  const seconds = Math.max(0, Math.round((useNow() - Date.parse(ledger.createdAt)) / 1_000));
  const title = ledger.state === 'matching' || ledger.state === 'receiving' ? ledger.state : 'staged';
  return (
    <Stack className={classes.card} gap="md" aria-busy="true">
      <Title order={2} size="h4" role="status">
        {text.result.running[title]}
      </Title>
      <Progress value={100} animated striped size="lg" aria-label={text.result.running[title]} />
      <Text className="figures">
        {text.result.lines(ledger.lineCount)} · {text.result.since(seconds)}
      </Text>
      <Group justify="space-between">
        <Text size="sm" className="quiet">
          {text.result.leave}
        </Text>
        <Button variant="default" loading={isCanceling} onClick={onCancel}>
          {text.result.cancel}
        </Button>
      </Group>
    </Stack>
  );
}
