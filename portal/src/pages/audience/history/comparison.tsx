import { Button, Group, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ButtonLink, Link } from '../../../parts/link.tsx';
import { LoadingState, ProblemState } from '../../../parts/states.tsx';
import { formatCount } from '../../../text/en.ts';
import { Section } from '../section.tsx';
import classes from './comparison.module.css';
import { type Change, changesQuery, type Version } from './history-query.ts';
import { text } from './text.ts';

interface Props {
  readonly audienceId: string;
  readonly versions: readonly Version[];
  readonly version: number;
  readonly against: number;
}

/** Who came and who went between any two versions that are kept. */
export function Comparison({ audienceId, versions, version, against }: Props) {
  const navigate = useNavigate({ from: '/audiences/$audienceId' });
  const data = [...new Set([version, against, ...versions.map((known) => known.version)])]
    .toSorted((one, other) => other - one)
    .map((known) => ({ value: String(known), label: formatCount(known) }));
  const show = (change: { version?: number; against?: number }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const close = (
    <ButtonLink
      from="/audiences/$audienceId"
      to="."
      search={{ tab: 'history' }}
      variant="default"
      size="xs"
      resetScroll={false}
    >
      {text.close}
    </ButtonLink>
  );
  return (
    <Section title={text.compare} lead={text.compareLead} actions={close}>
      <Group>
        <Select
          w={140}
          label={text.from}
          data={data}
          value={String(against)}
          allowDeselect={false}
          onChange={(value) => show({ against: Number(value) })}
        />
        <Select
          w={140}
          label={text.to}
          data={data}
          value={String(version)}
          allowDeselect={false}
          onChange={(value) => show({ version: Number(value) })}
        />
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        <Changes audienceId={audienceId} version={version} against={against} change="added" />
        <Changes audienceId={audienceId} version={version} against={against} change="removed" />
      </SimpleGrid>
    </Section>
  );
}

function Changes(compared: { audienceId: string; version: number; against: number; change: Change }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    changesQuery(compared),
  );
  const first = data?.pages[0];
  if (error !== null) return <ProblemState error={error} retry={refetch} />;
  if (first === undefined) return <LoadingState />;
  const ids = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Stack gap="xs" data-change={compared.change}>
      <Title order={3} size="h5" className="figures">
        {compared.change === 'added' ? text.came(first.count) : text.went(first.count)}
      </Title>
      {first.count === 0 && (
        <Text size="sm" className="quiet">
          {text.nobody}
        </Text>
      )}
      {first.withheldCount > 0 && (
        <Text size="sm" className="quiet">
          {text.withheld(first.withheldCount)}
        </Text>
      )}
      <ul className={classes.ids}>
        {ids.map(({ id }) => (
          <li key={id}>
            <CustomerLink id={id} />
          </li>
        ))}
      </ul>
      {hasNextPage && (
        <Group>
          <Button size="xs" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {text.moreIds}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function CustomerLink({ id }: { id: string }) {
  return (
    <Link
      from="/audiences/$audienceId"
      to="."
      search={(before) => ({ ...before, customer: id })}
      resetScroll={false}
      preload={false}
      size="sm"
      ff="monospace"
      aria-label={text.explain(id)}
    >
      {id}
    </Link>
  );
}
