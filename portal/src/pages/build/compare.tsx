import { Group, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Audience } from '../../api/client.ts';
import { ProblemState } from '../../parts/states.tsx';
import { formatCount } from '../../text/en.ts';
import { AudienceSelect } from './audience-input.tsx';
import classes from './builder.module.css';
import type { Filter } from './criteria.ts';
import { type Overlap, overlapOf } from './overlap.ts';
import { estimateQuery } from './queries.ts';
import { text } from './text.ts';

type Chosen = Pick<Audience, 'id' | 'name'>;

/** How many of the customers are in an audience already, before anything is saved. */
export function Compare({ filters }: { filters: readonly Filter[] }) {
  const [audience, setAudience] = useState<Chosen>();
  return (
    <Stack gap="xs">
      <Title order={2} size="sm" fw={600}>
        {text.compare.heading}
      </Title>
      <AudienceSelect label={text.compare.heading} value={audience} onChange={setAudience} />
      {audience !== undefined && filters.length === 0 && (
        <Text size="sm" className="quiet">
          {text.compare.needsCriteria}
        </Text>
      )}
      {audience !== undefined && filters.length > 0 && <Compared filters={filters} audience={audience} />}
    </Stack>
  );
}

/** One more clause, about membership: the last step of its funnel has all that is needed. */
function Compared({ filters, audience }: { filters: readonly Filter[]; audience: Chosen }) {
  const ordinal = 1 + Math.max(...filters.map((filter) => filter.ordinal ?? 0));
  const member: Filter = { filterType: { name: 'customerAudience' }, operator: 'in', values: [audience.id], ordinal };
  const [asked] = useDebouncedValue(JSON.stringify([...filters, member]), 150);
  const parsed: Filter[] = JSON.parse(asked);
  const { data, error, refetch } = useQuery({ ...estimateQuery(parsed), placeholderData: keepPreviousData });
  if (error !== null) return <ProblemState error={error} retry={refetch} />;
  const overlap = data && overlapOf(data);
  return overlap === undefined ? null : <OverlapFigures overlap={overlap} name={audience.name} />;
}

function OverlapFigures({ overlap, name }: { overlap: Overlap; name: string }) {
  const { both, onlyHere, onlyThere } = overlap;
  const parts = [
    { key: 'both', count: both, said: text.compare.both, look: classes.both },
    { key: 'here', count: onlyHere, said: text.compare.onlyHere, look: classes.here },
    { key: 'there', count: onlyThere, said: text.compare.onlyThere(name), look: classes.there },
  ];
  return (
    <Stack gap="xs" data-overlap={both}>
      <Text size="sm">{text.compare.told(both, both + onlyHere, name)}</Text>
      <div className={classes.overlap} aria-hidden>
        {parts.map(
          ({ key, count, look }) => count > 0 && <span key={key} className={look} style={{ flexGrow: count }} />,
        )}
      </div>
      {parts.map(({ key, count, said, look }) => (
        <Group key={key} justify="space-between" wrap="nowrap" gap="sm">
          <Text size="sm" lineClamp={2}>
            <span className={`${classes.swatch} ${look}`} aria-hidden />
            {said}
          </Text>
          <Text size="sm" fw={600} className="figures">
            {formatCount(count)}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
