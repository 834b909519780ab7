import type { CursorPosition } from '../../lib/cursor.ts';
import type { SortKey } from '../../lib/sort.ts';
import { nameSortValue, type SortKind, type SortValue, sortPosition, sortValues } from '../../lib/sort-position.ts';

interface Sorted {
  readonly id: string;
  readonly name_key: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const userAccountSortFields = ['name', 'createdAt', 'updatedAt'] as const;
export const userAccountSortDefault = 'name';

export type UserAccountSortField = (typeof userAccountSortFields)[number] | 'id';
export type UserAccountSort = readonly SortKey<UserAccountSortField>[];

const kinds = { name: 'name', createdAt: 'time', updatedAt: 'time', id: 'id' } as const satisfies Record<
  UserAccountSortField,
  SortKind
>;

/** The place of a row in the sort, for a cursor. */
export function positionOf(row: Sorted, sort: UserAccountSort): CursorPosition {
  return sortPosition(sort, {
    name: nameSortValue(row.name_key),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    id: row.id,
  });
}

/** The inverse of {@link positionOf}. @throws Problem `badRequest` for a position of another form */
export function sortValuesOf(position: CursorPosition, sort: UserAccountSort): readonly SortValue[] {
  return sortValues(position, sort, kinds);
}
