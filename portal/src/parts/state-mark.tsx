import { Group, Text } from '@mantine/core';
import classes from './state-mark.module.css';

export type Tone = 'good' | 'busy' | 'bad' | 'quiet';

/** A state in words; the dot before it helps the eye and says nothing of its own. */
export function StateMark({ tone, label }: { tone: Tone; label: string }) {
  return (
    <Group gap={8} wrap="nowrap">
      <span className={classes.dot} data-tone={tone} aria-hidden="true" />
      <Text size="sm" component="span" inherit>
        {label}
      </Text>
    </Group>
  );
}
