import { Button, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { answered, api } from '../../../api/client.ts';
import { type Column, DataTable } from '../../../parts/data-table.tsx';
import { Ago } from '../../../parts/moment.tsx';
import { StateMark } from '../../../parts/state-mark.tsx';
import { LoadingState, ProblemState } from '../../../parts/states.tsx';
import { formatCount, text as shared } from '../../../text/en.ts';
import { isRunning, type Key, keyName, type Rotation, sortKeys } from './key-words.ts';
import { text } from './text.ts';

interface Props {
  /** Undefined until they have been read. */
  readonly rotations: readonly Rotation[] | undefined;
  readonly rotate: ((key: Key) => void) | undefined;
}

/** Every key with its generation; what rotates now cannot be rotated again. */
export function KeyTable({ rotations = [], rotate }: Props) {
  const { data, error, refetch } = useQuery({
    // When one begins or ends, there are other keys.
    queryKey: ['keys', rotations.map(({ id, state }) => `${id} ${state}`)],
    queryFn: ({ signal }) => answered(api.GET('/service/keys', { signal })),
    placeholderData: (previous) => previous,
  });
  if (data === undefined) return error === null ? <LoadingState /> : <ProblemState error={error} retry={refetch} />;
  const menu: Column<Key> = {
    key: 'actions',
    header: shared.table.actions,
    isHeaderHidden: true,
    isRight: true,
    cell: (key) => rotate && isIdle(key, rotations) && <Rotate of={key} rotate={rotate} />,
  };
  return (
    <DataTable
      caption={text.caption}
      rows={sortKeys(data.items)}
      columns={rotate === undefined ? columns : [...columns, menu]}
      keyOf={({ kind, identifierType, generation }) => `${kind} ${identifierType} ${generation}`}
    />
  );
}

function isIdle({ kind, identifierType, state }: Key, rotations: readonly Rotation[]): boolean {
  const isIts = (rotation: Rotation) => rotation.kind === kind && rotation.identifierType === identifierType;
  return state === 'active' && !rotations.some((rotation) => isIts(rotation) && isRunning(rotation));
}

function Rotate({ of, rotate }: { of: Key; rotate: (key: Key) => void }) {
  return (
    <Button size="xs" variant="default" aria-label={text.rotateOf(keyName(of))} onClick={() => rotate(of)}>
      {text.rotate}
    </Button>
  );
}

const columns: readonly Column<Key>[] = [
  {
    key: 'key',
    header: text.columns.key,
    cell: (key) => (
      <>
        <Text size="sm" fw={550}>
          {keyName(key)}
        </Text>
        <Text size="xs" className="quiet">
          {key.kind === 'data' ? text.dataHint : text.indexHint}
        </Text>
      </>
    ),
  },
  {
    key: 'generation',
    header: text.columns.generation,
    isRight: true,
    hidesBelow: 'small',
    cell: ({ generation }) => formatCount(generation),
  },
  {
    key: 'seals',
    header: text.columns.seals,
    isRight: true,
    hidesBelow: 'medium',
    cell: ({ sealCount }) => (sealCount === undefined ? '' : text.seals(sealCount)),
  },
  {
    key: 'state',
    header: text.columns.state,
    hidesBelow: 'small',
    cell: ({ state, rotationDue = false }) =>
      rotationDue ? (
        <StateMark tone="bad" label={text.states.due} />
      ) : (
        <StateMark tone={state === 'active' ? 'good' : 'quiet'} label={text.states[state]} />
      ),
  },
  { key: 'age', header: text.columns.age, isRight: true, cell: ({ createdAt }) => <Ago at={createdAt} /> },
];
