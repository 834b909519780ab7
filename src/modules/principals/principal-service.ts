import type { Database } from '../../db/transaction.ts';
import type { Principal } from '../access/index.ts';
import { listPrincipals, type PrincipalFilter, type PrincipalPage, type PrincipalRow } from './principal-store.ts';

/** A page of principals; `last` is the row it ended with unless it was the last page. */
export async function getPrincipals(
  deps: { readonly database: Database },
  principal: Pick<Principal, 'institutionId'>,
  filter: PrincipalFilter,
  page: PrincipalPage,
): Promise<{ rows: readonly PrincipalRow[]; count: number; last: PrincipalRow | undefined }> {
  const { rows, count } = await deps.database.inInstitution(
    principal.institutionId,
    // One more than asked for tells whether there is another page.
    (tx) => listPrincipals(tx, filter, { ...page, limit: page.limit + 1 }),
    // The count and the rows are of one moment.
    { isolation: 'repeatable read' },
  );
  const shown = rows.slice(0, page.limit);
  return { rows: shown, count, last: rows.length > page.limit ? shown.at(-1) : undefined };
}
