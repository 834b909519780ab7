import type { CursorPosition } from '../../lib/cursor.ts';
import { Problem } from '../../lib/problem.ts';
import type { SortKey } from '../../lib/sort.ts';

export const userAccountSortFields = ['name', 'createdAt', 'updatedAt'] as const;
export const userAccountSortDefault = 'name';

export type UserAccountSortField = (typeof userAccountSortFields)[number] | 'id';
export type UserAccountSort = readonly SortKey<UserAccountSortField>[];

/** As much of a name's key as the order uses: what a cursor of 256 characters holds beside two times and an id. */
export const nameSortBytes = 82;

export type SortValue = Buffer | Date | string;

interface Sorted {
  readonly id: string;
  readonly name_key: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** The place of a row in the sort, for a cursor. */
export function positionOf(row: Sorted, sort: UserAccountSort): CursorPosition {
  return sort.map(({ field }) => placeOf(row, field));
}

function placeOf(row: Sorted, field: UserAccountSortField): string | number {
  switch (field) {
    case 'name':
      return Buffer.from(row.name_key, 'utf8').subarray(0, nameSortBytes).toString('base64url');
    case 'createdAt':
      return row.created_at.getTime();
    case 'updatedAt':
      return row.updated_at.getTime();
    case 'id':
      return row.id;
  }
}

/** The inverse of {@link positionOf}. @throws Problem `badRequest` for a position of another form */
export function sortValuesOf(position: CursorPosition, sort: UserAccountSort): readonly SortValue[] {
  return sort.map(({ field }, index) => {
    const part = position[index];
    if (typeof part === 'string' && field === 'name') return Buffer.from(part, 'base64url');
    if (typeof part === 'string' && field === 'id') return part;
    if (typeof part === 'number' && (field === 'createdAt' || field === 'updatedAt')) return new Date(part);
    throw new Problem('badRequest', { detail: 'start is not a cursor of this sort. Begin again without start.' });
  });
}
