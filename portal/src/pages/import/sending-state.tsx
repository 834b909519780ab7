import { Button, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useInterval } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import classes from './import.module.css';
import type { ChosenList, Sending } from './import-store.ts';
import { sendingRate } from './sending/sending-rate.ts';
import { formatBytes, formatSeconds, text } from './text.ts';
import { importStore } from './use-import.ts';

/** How the sending goes: lines, their rate, what is left of the time; and the way out. */
export function SendingState({ sending, list }: { sending: Sending; list: ChosenList | undefined }) {
  const now = useNow();
  const cancelButton = useRef<HTMLButtonElement>(null);
  // The button that began it is gone: the focus goes to what can be done now.
  useEffect(() => cancelButton.current?.focus(), []);
  const { share, lines, linesPerSecond, remainingSeconds } = sendingRate({
    ...sending,
    elapsedMs: now - sending.startedAt,
    lineCount: list?.lineEstimate,
  });
  const isSent = share === 1;
  const facts = [
    lines === undefined
      ? text.sending.bytes(formatBytes(sending.sentBytes), formatBytes(sending.totalBytes))
      : text.sending.sent(lines),
    ...(linesPerSecond === undefined || isSent ? [] : [text.sending.rate(linesPerSecond)]),
    ...(remainingSeconds === undefined || isSent ? [] : [text.sending.remaining(formatSeconds(remainingSeconds))]),
  ];
  return (
    <Stack className={classes.card} gap="md" aria-busy="true">
      <Title order={2} size="h4">
        {text.sending[sending.purpose]}
      </Title>
      <Progress.Root size="lg">
        <Progress.Section value={share * 100} animated={isSent} striped={isSent} aria-label={text.sending.label} />
      </Progress.Root>
      {/* The figures change twice a second: they are not read out, the change to matching is. */}
      {!isSent && <Text className="figures">{facts.join(' · ')}</Text>}
      <Text role="status">{isSent ? text.sending.matching : ''}</Text>
      <Group justify="space-between">
        <Text size="sm" className="quiet">
          {text.sending.stay}
        </Text>
        <Button ref={cancelButton} variant="default" onClick={() => importStore.cancel()}>
          {text.sending.cancel}
        </Button>
      </Group>
    </Stack>
  );
}

const tickMs = 500;

/** The time of day, while something is waited for. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useInterval(() => setNow(Date.now()), tickMs, { autoInvoke: true });
  return now;
}
