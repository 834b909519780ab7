import type { CursorPosition } from '../../lib/cursor.ts';
import { Problem } from '../../lib/problem.ts';
import type { SortKey } from '../../lib/sort.ts';
import type { AudienceRow } from './audience-store.ts';

export const audienceSortFields = ['name', 'createdAt', 'updatedAt', 'customerCount'] as const;
export const audienceSortDefault = '-createdAt';

export type AudienceSortField = (typeof audienceSortFields)[number] | 'id';
export type AudienceSort = readonly SortKey<AudienceSortField>[];

/**
 * Names sort by the first bytes of their key (UTF-8, as numbers, which is `COLLATE "C"`), and then by what follows in
 * the sort. Not by all of them, because the place where a page ends stands in a cursor of 256 characters: 82 bytes are
 * what is left there beside two times, a count and an id. They hold every name of 80 plain letters.
 */
export const nameSortBytes = 82;

/** A row's values in the sort's order; names as bytes. */
export type SortValue = Buffer | Date | number | string;

export function sortValue(row: AudienceRow, field: AudienceSortField): SortValue {
  switch (field) {
    case 'name':
      return Buffer.from(row.name_key, 'utf8').subarray(0, nameSortBytes);
    case 'createdAt':
      return row.created_at;
    case 'updatedAt':
      return row.updated_at;
    case 'customerCount':
      return row.customer_count;
    case 'id':
      return row.id;
  }
}

/** The place of a row in the sort, for a cursor. */
export function positionOf(row: AudienceRow, sort: AudienceSort): CursorPosition {
  return sort.map(({ field }) => {
    const value = sortValue(row, field);
    if (Buffer.isBuffer(value)) return value.toString('base64url');
    return value instanceof Date ? value.getTime() : value;
  });
}

/** The inverse of {@link positionOf}. @throws Problem `badRequest` for a position of another form */
export function sortValuesOf(position: CursorPosition, sort: AudienceSort): readonly SortValue[] {
  return sort.map(({ field }, index) => sortValueOf(position[index], field));
}

function sortValueOf(part: CursorPosition[number] | undefined, field: AudienceSortField): SortValue {
  if (typeof part === 'string' && field === 'name') return Buffer.from(part, 'base64url');
  if (typeof part === 'string' && field === 'id') return part;
  if (typeof part === 'number' && field === 'customerCount') return part;
  if (typeof part === 'number' && (field === 'createdAt' || field === 'updatedAt')) return new Date(part);
  throw new Problem('badRequest', { detail: 'start is not a cursor of this sort. Begin again without start.' });
}
