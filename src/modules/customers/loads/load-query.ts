import type { Database } from '../../../db/transaction.ts';
import { Problem } from '../../../lib/problem.ts';
import type { Principal } from '../../access/index.ts';
import type { CustomerLoad } from './load-schemas.ts';
import { findLoad, type LoadFilter, type LoadRow, listLoadLines, listLoads } from './load-store.ts';
import { loadBody } from './load-view.ts';

interface QueryDeps {
  readonly database: Database;
}

/** @throws Problem `notFound`, also for a load of another institution */
export async function getLoad(deps: QueryDeps, principal: Principal, id: string): Promise<CustomerLoad> {
  return await deps.database.inInstitution(principal.institutionId, async (tx) => {
    const row = await findLoad(tx, id);
    if (row === undefined) throw new Problem('notFound', { detail: 'There is no customer load with this id.' });
    return loadBody(row, await listLoadLines(tx, [id]));
  });
}

export async function getLoads(
  deps: QueryDeps,
  principal: Principal,
  filter: LoadFilter,
  page: { after: { createdAt: Date; id: string } | undefined; limit: number },
): Promise<{ items: CustomerLoad[]; count: number; last: LoadRow | undefined }> {
  return await deps.database.inInstitution(principal.institutionId, async (tx) => {
    // One more than asked for tells whether there is another page.
    const { rows, count } = await listLoads(tx, filter, { ...page, limit: page.limit + 1 });
    const shown = rows.slice(0, page.limit);
    const lines = await listLoadLines(
      tx,
      shown.map((row) => row.id),
    );
    const items = shown.map((row) =>
      loadBody(
        row,
        lines.filter((part) => part.loadId === row.id),
      ),
    );
    return { items, count, last: rows.length > page.limit ? shown.at(-1) : undefined };
  });
}
