import type { Schemas } from '../../../api/client.ts';
import { formatCount, formatPercent } from '../../../text/en.ts';

type Rotation = Schemas['keyRotation'];

export const text = {
  title: 'Keys',
  lead: 'What is known of your customers rests sealed, and lists are matched by blinded values: each under a key of your institution alone. Here is how old they are, and how they are changed.',
  caption: 'Keys of the institution',
  columns: { key: 'Key', generation: 'Generation', age: 'Made', seals: 'Sealed', state: 'State' },
  data: 'Customer data',
  dataHint: 'Seals names, contacts and identifiers.',
  index: (type: string) => `Lists by ${type.toLowerCase()}`,
  indexHint: 'Blinds the values that lists are matched with.',
  states: { active: 'In use', retired: 'Retired', due: 'Should be rotated' },
  seals: (count: number) => `${formatCount(count)} times`,
  rotate: 'Rotate',
  rotateOf: (key: string) => `Rotate the key: ${key}`,
  ask: {
    title: (key: string) => `Rotate the key of “${key}”?`,
    body: {
      data: 'A new key is made, every customer is sealed anew under it, and the old key is destroyed a day later.',
      index: 'A new key is made, the values of every customer are blinded anew under it, and the old key is destroyed.',
    },
    meanwhile:
      'It runs in the background and goes on after a restart. Pages, lists and exports answer the same meanwhile. A list or a load whose file is read during the whole of it is refused and goes through when it is sent again. It cannot be stopped.',
    when: 'Do it when somebody who had a copy of the keys should no longer, as often as your policy asks, or when a key should be rotated because it has sealed much.',
    confirm: 'Rotate the key',
  },
  started: 'The rotation has begun.',
  rotations: {
    title: 'Rotations',
    caption: 'Rotations of keys',
    columns: { key: 'Key', state: 'State', by: 'Started by', at: 'Started' },
    states: { running: 'Running', completed: 'Completed', failed: 'Failed' } satisfies Record<
      Rotation['state'],
      string
    >,
    progress: (done: number, total: number | undefined) =>
      total === undefined
        ? 'Beginning.'
        : `${formatCount(done)} of ${formatCount(total)} customers${total === 0 ? '' : `, ${formatPercent(done / total)}`}`,
    done: (count: number) => (count === 1 ? '1 customer' : `${formatCount(count)} customers`),
    failures: {
      unreadable: (left: number) =>
        `${formatCount(left)} customers do not open under the old key. It stays in use beside the new one, and nothing is lost: see the guide.`,
      unexpected: () =>
        'It was cut off too often. The old key stays in use beside the new one; start another to go on.',
    },
    none: 'No key has been rotated yet.',
    count: (count: number) => (count === 1 ? '1 rotation' : `${formatCount(count)} rotations`),
  },
  guide: 'More about keys',
} as const;
