import type { CursorPosition } from '../../lib/cursor.ts';
import { Problem } from '../../lib/problem.ts';
import type { SortKey } from '../../lib/sort.ts';
import type { SeenApplicationRow } from './application-store.ts';

export const applicationSortFields = ['name', 'createdAt', 'updatedAt'] as const;
export const applicationSortDefault = 'name';

export type ApplicationSortField = (typeof applicationSortFields)[number] | 'id';
export type ApplicationSort = readonly SortKey<ApplicationSortField>[];

/** As much of a name's key as the order uses: what a cursor of 256 characters holds beside two times and an id. */
export const nameSortBytes = 82;

export type SortValue = Buffer | Date | string;

/** The place of a row in the sort, for a cursor. */
export function positionOf(row: SeenApplicationRow, sort: ApplicationSort): CursorPosition {
  return sort.map(({ field }) => placeOf(row, field));
}

function placeOf(row: SeenApplicationRow, field: ApplicationSortField): string | number {
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
export function sortValuesOf(position: CursorPosition, sort: ApplicationSort): readonly SortValue[] {
  return sort.map(({ field }, index) => {
    const part = position[index];
    if (typeof part === 'string' && field === 'name') return Buffer.from(part, 'base64url');
    if (typeof part === 'string' && field === 'id') return part;
    if (typeof part === 'number' && (field === 'createdAt' || field === 'updatedAt')) return new Date(part);
    throw new Problem('badRequest', { detail: 'start is not a cursor of this sort. Begin again without start.' });
  });
}
