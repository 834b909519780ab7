import { Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Audience, answered, api, type Schemas } from '../../../api/client.ts';
import { EmptyState, LoadingState, ProblemState } from '../../../parts/states.tsx';
import { useActorNames } from '../../../parts/use-actor-names.ts';
import { formatAgo, formatMoment } from '../../../text/en.ts';
import { Section } from '../section.tsx';
import { LedgerBar } from './ledger-bar.tsx';
import { text } from './text.ts';

const shownMax = 20;

/** The lists that made it what it is, newest first, each with what became of its lines. */
export function Imports({ audience }: { audience: Audience }) {
  const { data, error, refetch } = useQuery({
    queryKey: ['audience', audience.id, 'imports'],
    queryFn: async ({ signal }) => {
      const params = { query: { customerAudience: [audience.id], limit: shownMax } };
      return await answered(api.GET('/service/customerAudienceImports', { params, signal }));
    },
  });
  if (error !== null) return <ProblemState error={error} retry={refetch} />;
  if (data === undefined) return <LoadingState />;
  if (data.items.length === 0) {
    return audience.copyOf === undefined ? (
      <EmptyState title={text.imports.noneTitle} body={text.imports.none} />
    ) : null;
  }
  const hiddenCount = data.count - data.items.length;
  return (
    <Section title={text.imports.title} lead={text.imports.lead}>
      <Stack gap="xl">
        {data.items.map((item) => (
          <Import key={item.id} item={item} />
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

function Import({ item }: { item: Schemas['customerAudienceImport'] }) {
  const { mode, state, fileName, identifierType, createdAt, createdBy } = item;
  const nameOf = useActorNames([createdBy]);
  return (
    <Stack gap="sm">
      <Group gap="sm" align="baseline">
        <Text fw={600}>{text.imports.modes[mode]}</Text>
        <Text size="sm">
          {fileName}, {text.imports.identifiers[identifierType]}
        </Text>
        <Text size="sm" className="quiet" component="time" dateTime={createdAt} title={formatMoment(createdAt)}>
          {formatAgo(createdAt)} {text.imports.by(nameOf(createdBy))}
        </Text>
        {state !== 'completed' && (
          <Text size="sm" fw={600}>
            {text.imports.states[state]}
          </Text>
        )}
      </Group>
      {item.lineCount > 0 && <LedgerBar counts={item} />}
    </Stack>
  );
}
