import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { bitmapFrom } from '../../lib/bitmap.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import { type AudienceViewer, utcDay, viewerOf } from '../audiences/index.ts';
import type { Audit } from '../audit/index.ts';
import { findCustomerBase } from '../customers/index.ts';
import {
  findSuppressedCustomers,
  findSuppression,
  listSuppressions,
  type SuppressionFilter,
  type SuppressionPosition,
  type SuppressionRow,
} from './suppression-store.ts';
import type { SeenSuppression } from './suppression-view.ts';

export interface SuppressionDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: Audit;
}

/** @throws Problem `notFound`, also for a suppression of another institution */
export async function getSuppression(
  deps: Pick<SuppressionDeps, 'database' | 'clock'>,
  principal: Principal,
  id: string,
): Promise<SeenSuppression> {
  const viewer = viewerOf(principal);
  return await deps.database.inInstitution(
    principal.institutionId,
    (tx) => seeSuppression(tx, viewer, { id, at: deps.clock.now() }),
    // The row, its customers and who is gone are of one moment.
    { isolation: 'repeatable read' },
  );
}

/** A page, the newest first; `last` is the row it ended with unless it was the last page. */
export async function getSuppressions(
  deps: Pick<SuppressionDeps, 'database' | 'clock'>,
  principal: Principal,
  filter: Omit<SuppressionFilter, 'today'>,
  page: { after: SuppressionPosition | undefined; limit: number },
): Promise<{ items: SeenSuppression[]; count: number; last: SuppressionRow | undefined }> {
  const today = utcDay(deps.clock.now());
  return await deps.database.inInstitution(
    principal.institutionId,
    async (tx) => {
      // One more than asked for tells whether there is another page.
      const asked = { ...page, limit: page.limit + 1 };
      const { rows, count } = await listSuppressions(tx, viewerOf(principal), { ...filter, today }, asked);
      const shown = rows.slice(0, page.limit);
      const items: SeenSuppression[] = [];
      // One after the other: each set is unpacked from text on the event loop, and others come between.
      for (const row of shown) items.push({ row, customerCount: await countCustomers(tx, row.id), today });
      return { items, count, last: rows.length > page.limit ? shown.at(-1) : undefined };
    },
    { isolation: 'repeatable read' },
  );
}

/** @throws Problem `notFound` */
export async function seeSuppression(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  { id, at }: { id: string; at: Date },
): Promise<SeenSuppression> {
  return await seeRow(tx, (await findSuppression(tx, viewer, id)) ?? noSuppression(), at);
}

/** A suppression as it is for the viewer at a moment. */
export async function seeRow(tx: InstitutionTx, row: SuppressionRow, at: Date): Promise<SeenSuppression> {
  return { row, customerCount: await countCustomers(tx, row.id), today: utcDay(at) };
}

/** Whom it names, without those who have left the base. */
async function countCustomers(tx: InstitutionTx, id: string): Promise<number> {
  const bytes = await findSuppressedCustomers(tx, id);
  if (bytes === undefined) throw new Error('a suppression has neither a list nor an audience');
  const base = await findCustomerBase(tx);
  using members = bitmapFrom(bytes);
  using gone = bitmapFrom(base.gone);
  return members.andNotCardinality(gone);
}

export function noSuppression(): never {
  throw new Problem('notFound', { detail: 'There is no suppression with this id.' });
}
