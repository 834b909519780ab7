import { Progress, Text } from '@mantine/core';
import { type Column, PagedTable } from '../../../parts/data-table.tsx';
import { Ago } from '../../../parts/moment.tsx';
import { StateMark, type Tone } from '../../../parts/state-mark.tsx';
import { useActorNames } from '../../../parts/use-actor-names.ts';
import type { Pages } from '../../../parts/use-pages.ts';
import { keyName, type Rotation } from './key-words.ts';
import { text } from './text.ts';

const words = text.rotations;
const toneOf = { running: 'busy', completed: 'good', failed: 'bad' } as const satisfies Record<Rotation['state'], Tone>;

/** What was rotated, and how far it is. */
export function RotationTable({ pages }: { pages: Pages<Rotation> }) {
  return (
    <PagedTable
      pages={pages}
      caption={words.caption}
      columns={columns}
      keyOf={({ id }) => id}
      empty={
        <Text size="sm" className="quiet">
          {words.none}
        </Text>
      }
      countOf={words.count}
    />
  );
}

const columns: readonly Column<Rotation>[] = [
  { key: 'key', header: words.columns.key, cell: keyName },
  { key: 'state', header: words.columns.state, cell: (rotation) => <State of={rotation} /> },
  { key: 'by', header: words.columns.by, hidesBelow: 'medium', cell: ({ createdBy }) => <Name id={createdBy} /> },
  {
    key: 'at',
    header: words.columns.at,
    isRight: true,
    hidesBelow: 'small',
    cell: ({ createdAt }) => <Ago at={createdAt} />,
  },
];

function Name({ id }: { id: string }) {
  return useActorNames([id])(id);
}

function State({ of }: { of: Rotation }) {
  const { state, doneCount, totalCount = 0 } = of;
  return (
    <>
      <StateMark tone={toneOf[state]} label={words.states[state]} />
      <Text size="xs" className="quiet figures">
        {outcomeOf(of)}
      </Text>
      {state === 'running' && (
        <Progress
          mt={4}
          size="sm"
          aria-label={words.columns.state}
          value={totalCount === 0 ? 0 : (100 * doneCount) / totalCount}
        />
      )}
    </>
  );
}

function outcomeOf({ state, doneCount, totalCount, failure, leftCount = 0 }: Rotation): string {
  if (failure !== undefined) return words.failures[failure](leftCount);
  return state === 'running' ? words.progress(doneCount, totalCount) : words.done(doneCount);
}
