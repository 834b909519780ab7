import type { CursorPosition } from './cursor.ts';
import { Problem } from './problem.ts';
import type { SortKey } from './sort.ts';

/** A row's value in a sort; names as bytes. */
export type SortValue = Buffer | Date | number | string;

/** What the values of a field are, so that a cursor can hold them. */
export type SortKind = 'name' | 'time' | 'count' | 'id';

/**
 * Names sort by the first bytes of their key (UTF-8, as numbers, which is `COLLATE "C"`), and then by what follows in
 * the sort. Not by all of them, because the place where a page ends stands in a cursor of 256 characters: 82 bytes are
 * what is left there beside two times, a count and an id. They hold every name of 80 plain letters.
 */
export const nameSortBytes = 82;

export function nameSortValue(nameKey: string): Buffer {
  return Buffer.from(nameKey, 'utf8').subarray(0, nameSortBytes);
}

/** The place of a row in the sort, for a cursor. */
export function sortPosition<Field extends string>(
  sort: readonly SortKey<Field>[],
  values: Readonly<Record<Field, SortValue>>,
): CursorPosition {
  return sort.map(({ field }) => {
    const value: SortValue = values[field];
    if (Buffer.isBuffer(value)) return value.toString('base64url');
    return value instanceof Date ? value.getTime() : value;
  });
}

/** The inverse of {@link sortPosition}. @throws Problem `badRequest` for a position of another form */
export function sortValues<Field extends string>(
  position: CursorPosition,
  sort: readonly SortKey<Field>[],
  kinds: Readonly<Record<Field, SortKind>>,
): readonly SortValue[] {
  return sort.map(({ field }, index) => sortValueOf(position[index], kinds[field]));
}

function sortValueOf(part: CursorPosition[number] | undefined, kind: SortKind): SortValue {
  if (typeof part === 'string' && kind === 'name') return Buffer.from(part, 'base64url');
  if (typeof part === 'string' && kind === 'id') return part;
  if (typeof part === 'number' && kind === 'count') return part;
  if (typeof part === 'number' && kind === 'time') return new Date(part);
  throw new Problem('badRequest', { detail: 'start is not a cursor of this sort. Begin again without start.' });
}
