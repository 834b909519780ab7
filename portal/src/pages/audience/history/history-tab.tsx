import { Button, Group, Skeleton, Stack } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import type { Audience } from '../../../api/client.ts';
import { useMay } from '../../../app/session.tsx';
import { LoadingState, ProblemState } from '../../../parts/states.tsx';
import { Section } from '../section.tsx';
import { Comparison } from './comparison.tsx';
import { sizesQuery, versionsQuery } from './history-query.ts';
import { text } from './text.ts';
import { VersionTable } from './version-table.tsx';

const SizeChart = lazy(async () => ({ default: (await import('./size-chart.tsx')).SizeChart }));
const chartHeight = 200;

/** What became of it: its size, its versions, and what two of them differ in. */
export function HistoryTab({ audience }: { audience: Audience }) {
  const { version, against } = useSearch({ from: '/audiences/$audienceId' });
  const may = useMay();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    versionsQuery(audience.id),
  );
  if (error !== null) return <ProblemState error={error} retry={refetch} />;
  if (data === undefined) return <LoadingState />;
  const versions = data.pages.flatMap((page) => page.items);
  const count = data.pages[0]?.count ?? versions.length;
  const mayCompare = may('readMembers') && audience.state !== 'pendingApproval';
  return (
    <Stack gap="xl">
      {count > 1 && <Size audience={audience} />}
      {mayCompare && version !== undefined && against !== undefined && (
        <Comparison audienceId={audience.id} versions={versions} version={version} against={against} />
      )}
      <Section title={text.versions} lead={text.versionsLead(count)}>
        <VersionTable versions={versions} mayCompare={mayCompare} />
        {hasNextPage && (
          <Group>
            <Button variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              {text.more}
            </Button>
          </Group>
        )}
      </Section>
    </Stack>
  );
}

function Size({ audience }: { audience: Audience }) {
  const { data, error, refetch } = useQuery(sizesQuery(audience.id));
  return (
    <Section title={text.size}>
      {error !== null && <ProblemState error={error} retry={refetch} />}
      <Suspense fallback={<Skeleton h={chartHeight} />}>
        {data === undefined ? <Skeleton h={chartHeight} /> : <SizeChart points={data} height={chartHeight} />}
      </Suspense>
    </Section>
  );
}
