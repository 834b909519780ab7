import { Badge, Group, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { Audience } from '../../api/client.ts';
import { useActorNames } from '../../parts/use-actor-names.ts';
import { formatAgo, formatCount, formatMoment } from '../../text/en.ts';
import classes from './audience.module.css';
import { text } from './text.ts';

const Description = lazy(async () => ({ default: (await import('./description.tsx')).Description }));

/** What somebody wants to know of an audience before anything else: how many, which version, how fresh. */
export function AudienceFacts({ audience }: { audience: Audience }) {
  const { state, purpose, kind, customerCount, description } = audience;
  return (
    <Stack gap="xs" mt={4}>
      <Group gap="xs">
        {state !== 'active' && (
          <Badge
            variant="light"
            tt="none"
            color={state === 'archived' ? 'gray' : 'orange'}
            className={classes.state}
            data-state={state}
          >
            {text.state[state]}
          </Badge>
        )}
        <Badge variant="default" tt="none" fw={550}>
          {text.purpose[purpose]}
        </Badge>
        <Badge variant="default" tt="none" fw={550}>
          {text.kind[kind]}
        </Badge>
      </Group>
      <Group gap="md" align="baseline" className={classes.facts}>
        <Text span className={classes.count}>
          <b className="figures">{formatCount(customerCount)}</b> {text.customers(customerCount)}
        </Text>
        <Freshness audience={audience} />
      </Group>
      {description !== undefined && (
        <Suspense fallback={<Text size="sm">{description}</Text>}>
          <Description markdown={description} />
        </Suspense>
      )}
    </Stack>
  );
}

function Freshness({ audience }: { audience: Audience }) {
  const { version, updatedAt, refreshedAt, createdBy } = audience;
  const nameOf = useActorNames([createdBy]);
  return (
    <>
      <Text span size="sm">
        {text.version(version)}
      </Text>
      <Text size="sm" component="time" dateTime={updatedAt} title={formatMoment(updatedAt)}>
        {text.updated(formatAgo(updatedAt))}
      </Text>
      {refreshedAt !== undefined && (
        <Text size="sm" component="time" dateTime={refreshedAt} title={formatMoment(refreshedAt)}>
          {text.refreshed(formatAgo(refreshedAt))}
        </Text>
      )}
      <Text span size="sm">
        {text.owner(nameOf(createdBy))}
      </Text>
    </>
  );
}
