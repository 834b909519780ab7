import type { Database } from '../../../db/transaction.ts';
import { Problem } from '../../../lib/problem.ts';
import type { Principal } from '../../access/index.ts';
import type { LoadResource } from './load-kind.ts';
import { findLoad, type LoadFilter, type LoadRow, listLoadLines, listLoads } from './load-store.ts';

/** Reads loads of one kind. */
export function createLoadQuery<Body>(
  { database }: { readonly database: Database },
  { kind, noun, bodyOf }: LoadResource<Body>,
) {
  return {
    /** @throws Problem `notFound`, also for a load of another institution */
    async getLoad(principal: Principal, id: string): Promise<Body> {
      return await database.inInstitution(principal.institutionId, async (tx) => {
        const row = await findLoad(tx, { kind, id });
        if (row === undefined) throw new Problem('notFound', { detail: `There is no ${noun} with this id.` });
        return bodyOf(row, await listLoadLines(tx, [id]));
      });
    },

    async listLoads(
      principal: Principal,
      filter: Omit<LoadFilter, 'kind'>,
      page: { after: { createdAt: Date; id: string } | undefined; limit: number },
    ): Promise<{ items: Body[]; count: number; last: LoadRow | undefined }> {
      return await database.inInstitution(principal.institutionId, async (tx) => {
        // One more than asked for tells whether there is another page.
        const { rows, count } = await listLoads(tx, { ...filter, kind }, { ...page, limit: page.limit + 1 });
        const shown = rows.slice(0, page.limit);
        const lines = await listLoadLines(
          tx,
          shown.map((row) => row.id),
        );
        const ofLoad = (id: string) => lines.filter((part) => part.loadId === id);
        const items = shown.map((row) => bodyOf(row, ofLoad(row.id)));
        return { items, count, last: rows.length > page.limit ? shown.at(-1) : undefined };
      });
    },
  };
}
