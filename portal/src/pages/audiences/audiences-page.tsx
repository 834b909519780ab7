import { Group, Stack, Text } from '@mantine/core';
import { IconAdjustmentsHorizontal, IconFileImport } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMay, useSession } from '../../app/session.tsx';
import { ChoiceFilter, ChoiceSelect } from '../../parts/choice-select.tsx';
import { ButtonLink } from '../../parts/link.tsx';
import { Page } from '../../parts/page.tsx';
import { PrincipalSelect } from '../../parts/principal-select.tsx';
import { SearchInput } from '../../parts/search-input.tsx';
import { EmptyState, LoadingState, ProblemState } from '../../parts/states.tsx';
import { formatCount } from '../../text/en.ts';
import { AudienceTable } from './audience-table.tsx';
import { audiencesQuery } from './audiences-query.ts';
import { type AudienceSearch, kinds, states } from './search.ts';
import { text } from './text.ts';

/** All audiences that the person sees, to be found, sorted, archived and restored. */
export function AudiencesPage() {
  return (
    <Page title={text.title} lead={text.lead} actions={<WaysToMakeOne />}>
      <Found />
    </Page>
  );
}

function WaysToMakeOne() {
  const may = useMay();
  return (
    <>
      {may('editAudiences') && (
        <ButtonLink to="/build" variant="default" leftSection={<IconAdjustmentsHorizontal size={16} aria-hidden />}>
          {text.build}
        </ButtonLink>
      )}
      {may('importLists') && (
        <ButtonLink to="/import" leftSection={<IconFileImport size={16} aria-hidden />}>
          {text.import}
        </ButtonLink>
      )}
    </>
  );
}

function Found() {
  const search = useSearch({ from: '/audiences' });
  const { person } = useSession();
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useInfiniteQuery(
    audiencesQuery(search, { personId: person.id }),
  );
  const count = data?.pages[0]?.count;
  const rows = data?.pages.flatMap((page) => page.items) ?? [];
  const { sortBy: _order, ...filters } = search;
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <Stack gap="md">
      <Filters search={search} count={count} />
      {error !== null && <ProblemState error={error} retry={refetch} />}
      {data === undefined && error === null && <LoadingState />}
      {count === 0 &&
        (isFiltered ? (
          <NoneFound />
        ) : (
          <EmptyState title={text.emptyTitle} body={text.empty} actions={<WaysToMakeOne />} />
        ))}
      {rows.length > 0 && (
        <AudienceTable
          rows={rows}
          search={search}
          hasMore={hasNextPage && !isFetchingNextPage}
          loadMore={fetchNextPage}
        />
      )}
    </Stack>
  );
}

function NoneFound() {
  const clear = (
    <ButtonLink to="/audiences" search={{}} variant="default">
      {text.clear}
    </ButtonLink>
  );
  return <EmptyState title={text.noneTitle} body={text.none} actions={clear} />;
}

/** They stand in the address, so that a view can be sent to somebody, and the browser's way back leads through them. */
function Filters({ search, count }: { search: AudienceSearch; count: number | undefined }) {
  const navigate = useNavigate({ from: '/audiences' });
  const show = (change: { [Field in keyof AudienceSearch]?: AudienceSearch[Field] | undefined }) =>
    navigate({ search: (before) => withoutAbsent({ ...before, ...change }), replace: true });
  return (
    <Group gap="sm">
      <SearchInput
        label={text.search}
        value={search.name ?? ''}
        search={(name) => void show({ name: name === '' ? undefined : name })}
      />
      <ChoiceFilter
        aria-label={text.kind.label}
        flex="1 1 150px"
        maw={170}
        any={text.kind.any}
        values={kinds}
        words={text.kind}
        value={search.kind}
        change={(kind) => void show({ kind })}
      />
      <ChoiceSelect
        aria-label={text.state.label}
        flex="1 1 150px"
        maw={210}
        values={states}
        words={text.state}
        value={search.state ?? 'active'}
        change={(state) => void show({ state: state === 'active' ? undefined : state })}
      />
      <PrincipalSelect
        label={text.owner.label}
        isLabelHidden
        width={190}
        before={[
          { value: '', label: text.owner.any },
          { value: 'me', label: text.owner.me },
        ]}
        value={search.owner ?? ''}
        change={(owner) => void show({ owner: owner === '' ? undefined : owner })}
      />
      {count !== undefined && (
        <Text className="quiet figures" size="sm" role="status" ml="auto">
          {text.count(count, formatCount(count))}
        </Text>
      )}
    </Group>
  );
}

function withoutAbsent(
  search: { [Field in keyof AudienceSearch]?: AudienceSearch[Field] | undefined },
): AudienceSearch {
  const { name, kind, state, owner, sortBy } = search;
  return {
    ...(name === undefined ? {} : { name }),
    ...(kind === undefined ? {} : { kind }),
    ...(state === undefined ? {} : { state }),
    ...(owner === undefined ? {} : { owner }),
    ...(sortBy === undefined ? {} : { sortBy }),
  };
}
