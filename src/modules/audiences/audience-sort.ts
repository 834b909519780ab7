import type { CursorPosition } from '../../lib/cursor.ts';
import type { SortKey } from '../../lib/sort.ts';
import { nameSortValue, type SortKind, type SortValue, sortPosition, sortValues } from '../../lib/sort-position.ts';
import type { AudienceRow } from './audience-store.ts';

export const audienceSortFields = ['name', 'createdAt', 'updatedAt', 'customerCount'] as const;
export const audienceSortDefault = '-createdAt';

export type AudienceSortField = (typeof audienceSortFields)[number] | 'id';
export type AudienceSort = readonly SortKey<AudienceSortField>[];

const kinds = {
  name: 'name',
  createdAt: 'time',
  updatedAt: 'time',
  customerCount: 'count',
  id: 'id',
} as const satisfies Record<AudienceSortField, SortKind>;

/** The place of a row in the sort, for a cursor. */
export function positionOf(row: AudienceRow, sort: AudienceSort): CursorPosition {
  return sortPosition(sort, {
    name: nameSortValue(row.name_key),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    customerCount: row.customer_count,
    id: row.id,
  });
}

/** The inverse of {@link positionOf}. @throws Problem `badRequest` for a position of another form */
export function sortValuesOf(position: CursorPosition, sort: AudienceSort): readonly SortValue[] {
  return sortValues(position, sort, kinds);
}
