import type { CursorPosition } from '../../lib/cursor.ts';
import type { SortKey } from '../../lib/sort.ts';
import { nameSortValue, type SortKind, type SortValue, sortPosition, sortValues } from '../../lib/sort-position.ts';
import type { SeenApplicationRow } from './application-store.ts';

export const applicationSortFields = ['name', 'createdAt', 'updatedAt'] as const;
export const applicationSortDefault = 'name';

export type ApplicationSortField = (typeof applicationSortFields)[number] | 'id';
export type ApplicationSort = readonly SortKey<ApplicationSortField>[];

const kinds = { name: 'name', createdAt: 'time', updatedAt: 'time', id: 'id' } as const satisfies Record<
  ApplicationSortField,
  SortKind
>;

/** The place of a row in the sort, for a cursor. */
export function positionOf(row: SeenApplicationRow, sort: ApplicationSort): CursorPosition {
  return sortPosition(sort, {
    name: nameSortValue(row.name_key),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    id: row.id,
  });
}

/** The inverse of {@link positionOf}. @throws Problem `badRequest` for a position of another form */
export function sortValuesOf(position: CursorPosition, sort: ApplicationSort): readonly SortValue[] {
  return sortValues(position, sort, kinds);
}
