import { Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Audience, answered, api } from '../../../api/client.ts';
import { EmptyState, LoadingState, ProblemState } from '../../../parts/states.tsx';
import { DimensionTable } from './dimension-table.tsx';
import classes from './insights.module.css';
import { text } from './text.ts';

/** What kind of customers are in it, beside all customers of the institution. */
export function InsightsTab({ audience }: { audience: Audience }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['audience', audience.id, 'insights'],
    queryFn: async ({ signal }) => {
      const params = { path: { customerAudienceId: audience.id } };
      return await answered(api.GET('/service/customerAudiences/{customerAudienceId}/insights', { params, signal }));
    },
  });
  if (error !== null) return <ProblemState error={error} retry={refetch} />;
  if (data === undefined) return <LoadingState />;
  if (data.withheldBecause !== undefined)
    return <EmptyState title={text.withheldTitle} body={text.withheldBecause[data.withheldBecause]} />;
  return (
    <Stack gap="lg">
      <Group justify="space-between" gap="sm">
        <Text size="sm">{text.lead(data.customerCount, data.baseCustomerCount, data.version)}</Text>
        <Group gap="lg" aria-hidden>
          <Text span size="sm">
            <span className={classes.audienceSwatch} /> {text.legend.audience}
          </Text>
          <Text span size="sm">
            <span className={classes.baseSwatch} /> {text.legend.base}
          </Text>
        </Group>
      </Group>
      <div className={classes.dimensions}>
        {data.dimensions.map((dimension) => (
          <DimensionTable key={dimension.dimension} dimension={dimension} />
        ))}
      </div>
      <Text size="sm" className="quiet">
        {text.indexHint} {text.few}
      </Text>
    </Stack>
  );
}
