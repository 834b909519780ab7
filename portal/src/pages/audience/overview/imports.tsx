import { Group, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type Audience, answered, api, type Schemas } from '../../../api/client.ts';
import { LedgerBar } from '../../../parts/ledger/ledger-bar.tsx';
import { Link } from '../../../parts/link.tsx';
import { EmptyState, LoadingState, ProblemState } from '../../../parts/states.tsx';
import { useActorNames } from '../../../parts/use-actor-names.ts';
import { formatAgo, formatMoment } from '../../../text/en.ts';
import { identifierTypePlurals } from '../../../text/words.ts';
import { type Version, versionsQuery } from '../history/history-query.ts';
import { Section } from '../section.tsx';
import { text } from './text.ts';

const shownMax = 20;
/** What made it, or will: checks, and what came to nothing, did not. */
const states = ['receiving', 'staged', 'matching', 'completed'] as const;

/** The lists that made it what it is, newest first, each with what became of its lines and of the members. */
export function Imports({ audience }: { audience: Audience }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['audience', audience.id, 'imports'],
    queryFn: async ({ signal }) => {
      const params = { query: { customerAudience: [audience.id], state: [...states], limit: shownMax } };
      return await answered(api.GET('/service/customerAudienceImports', { params, signal }));
    },
  });
  const { data: history } = useInfiniteQuery(versionsQuery(audience.id));
  if (error !== null) return <ProblemState error={error} retry={refetch} />;
  if (data === undefined) return <LoadingState />;
  if (data.items.length === 0) {
    return audience.copyOf === undefined ? (
      <EmptyState title={text.imports.noneTitle} body={text.imports.none} />
    ) : null;
  }
  const hiddenCount = data.count - data.items.length;
  const versions = history?.pages[0]?.items ?? [];
  return (
    <Section title={text.imports.title} lead={text.imports.lead}>
      <Stack gap="xl">
        {data.items.map((item) => (
          <Import key={item.id} item={item} made={versions.find((version) => version.import === item.id)} />
        ))}
      </Stack>
      {hiddenCount > 0 && (
        <Text size="sm" className="quiet">
          {text.imports.more(hiddenCount)}
        </Text>
      )}
    </Section>
  );
}

interface ImportProps {
  readonly item: Schemas['customerAudienceImport'];
  /** The version that it made, where it made one that is kept. */
  readonly made: Version | undefined;
}

function Import({ item, made }: ImportProps) {
  const { id, mode, state, fileName, identifierType, createdAt, createdBy } = item;
  const nameOf = useActorNames([createdBy]);
  return (
    <Stack gap="sm">
      <Stack gap={2}>
        <Group gap="sm" align="baseline">
          <Text fw={600}>{text.imports.modes[mode]}</Text>
          <Text size="sm">
            <Link
              to="/import/$importId"
              params={{ importId: id }}
              search={{}}
              td="underline"
              aria-label={text.imports.open(fileName)}
            >
              {fileName}
            </Link>
            , {identifierTypePlurals[identifierType]}
          </Text>
          <Text size="sm" className="quiet" component="time" dateTime={createdAt} title={formatMoment(createdAt)}>
            {formatAgo(createdAt)} {text.imports.by(nameOf(createdBy))}
          </Text>
          {state !== 'completed' && (
            <Text size="sm" fw={600}>
              {text.imports.underWay}
            </Text>
          )}
        </Group>
        {state === 'completed' && <Effect item={item} made={made} />}
      </Stack>
      {item.lineCount > 0 && <LedgerBar ledger={item} linesAt={{ place: 'import', importId: id }} isBrief />}
    </Stack>
  );
}

/** How many customers it named, and what that did to the members. */
function Effect({ item: { customerCount, addedCount, removedCount }, made }: ImportProps) {
  const isEdit = addedCount !== undefined && removedCount !== undefined;
  return (
    <Text size="sm">
      {text.imports.named(customerCount)} {isEdit && addedCount + removedCount === 0 && text.imports.unchanged}
      {isEdit && made !== undefined && (
        <Link
          from="/audiences/$audienceId"
          to="."
          search={{ tab: 'history', version: made.version, against: made.version - 1 }}
          td="underline"
        >
          {text.imports.changed(made.version, addedCount, removedCount)}
        </Link>
      )}
    </Text>
  );
}
