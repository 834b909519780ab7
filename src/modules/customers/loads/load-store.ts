import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { type NewestFirstPage, newestFirst } from '../../../db/newest-first.ts';
import { rangePredicate } from '../../../db/range-predicate.ts';
import type { Tables } from '../../../db/tables.ts';
import type { InstitutionTx, OperatorTx } from '../../../db/transaction.ts';
import type { Range } from '../../../lib/range.ts';
import type { LedgerPart } from './line-ledger.ts';

export type LoadRow = Selectable<Tables['customer_load']>;
export type LoadChange = Updateable<Tables['customer_load']>;
export type LoadKindName = LoadRow['kind'];
type NewLoad = Pick<Insertable<Tables['customer_load']>, 'id' | 'mode' | 'created_at' | 'created_by'> & {
  readonly kind: LoadKindName;
  readonly lease_until: Date;
};

const runningStates = ['receiving', 'publishing'] as const satisfies readonly LoadRow['state'][];

/** @returns undefined when another load of the institution runs, of whichever kind */
export async function insertRunningLoad(tx: InstitutionTx, load: NewLoad): Promise<LoadRow | undefined> {
  // The predicate must be the index's own text: with parameters PostgreSQL does not find the index.
  const { rows } = await sql<LoadRow>`
    insert into customer_load (institution_id, id, kind, mode, state, created_at, created_by, lease_until)
    values (${tx.institutionId}, ${load.id}, ${load.kind}, ${load.mode}, 'receiving', ${load.created_at}, ${load.created_by},
      ${load.lease_until})
    on conflict (institution_id) where state in ('receiving', 'publishing') do nothing
    returning *`.execute(tx.db);
  return rows[0];
}

/** Ends the loads of the institution whose process is dead. */
export async function failExpiredLoads(tx: InstitutionTx, end: { at: Date; problem: string }): Promise<void> {
  await tx.db
    .updateTable('customer_load')
    .set({ state: 'failed', problem: end.problem, finished_at: end.at, lease_until: null })
    .where('institution_id', '=', tx.institutionId)
    .where('state', 'in', [...runningStates])
    .where('lease_until', '<', end.at)
    .execute();
}

/**
 * Ends the loads of every institution whose process is dead.
 *
 * @param end.evenLeased on the embedded engine, where no other process can own one
 */
export async function failAbandonedLoads(
  tx: OperatorTx,
  end: { at: Date; problem: string; evenLeased: boolean },
): Promise<number> {
  const ended = await tx.db
    .updateTable('customer_load')
    .set({ state: 'failed', problem: end.problem, finished_at: end.at, lease_until: null })
    .where('state', 'in', [...runningStates])
    .$if(!end.evenLeased, (query) => query.where('lease_until', '<', end.at))
    .executeTakeFirst();
  return Number(ended.numUpdatedRows);
}

/** @returns undefined when the load is no longer running: its lease had passed, and another took its place */
export async function updateRunningLoad(
  tx: InstitutionTx,
  id: string,
  change: LoadChange,
): Promise<LoadRow | undefined> {
  return await tx.db
    .updateTable('customer_load')
    .set(change)
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', id)
    .where('state', 'in', [...runningStates])
    .returningAll()
    .executeTakeFirst();
}

/** For the same key sent again: the first answer stands, so this load never was. */
export async function deleteRunningLoad(tx: InstitutionTx, id: string): Promise<void> {
  await tx.db
    .deleteFrom('customer_load')
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', id)
    .where('state', 'in', [...runningStates])
    .execute();
}

export async function findLoad(
  tx: InstitutionTx,
  { kind, id }: { kind: LoadKindName; id: string },
): Promise<LoadRow | undefined> {
  return await tx.db
    .selectFrom('customer_load')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirst();
}

export interface LoadFilter {
  readonly kind: LoadKindName;
  readonly states?: readonly LoadRow['state'][] | undefined;
  readonly modes?: readonly LoadRow['mode'][] | undefined;
  readonly createdAt?: Range<Date> | undefined;
}

/** The loads of one kind, newest first, and how many there are under the filter. */
export async function listLoads(
  tx: InstitutionTx,
  filter: LoadFilter,
  page: NewestFirstPage,
): Promise<{ rows: LoadRow[]; count: number }> {
  const { states, modes, createdAt } = filter;
  const filtered = tx.db
    .selectFrom('customer_load')
    .where('institution_id', '=', tx.institutionId)
    .where('kind', '=', filter.kind)
    .$if(states !== undefined, (query) => query.where('state', 'in', [...(states ?? [])]))
    .$if(modes !== undefined, (query) => query.where('mode', 'in', [...(modes ?? [])]))
    .$if(createdAt !== undefined, (query) => query.where(rangePredicate(sql.ref('created_at'), createdAt)));
  return await newestFirst(tx, filtered.selectAll(), page);
}

export async function insertLoadLines(tx: InstitutionTx, loadId: string, parts: readonly LedgerPart[]): Promise<void> {
  if (parts.length === 0) return;
  await tx.db
    .insertInto('customer_load_lines')
    .values(
      parts.map((part) => ({
        institution_id: tx.institutionId,
        customer_load_id: loadId,
        field: part.field,
        reason: part.reason,
        line_count: part.lineCount,
        lines: Buffer.from(part.lines),
      })),
    )
    .execute();
}

/** At most a few dozen parts a load: fields times reasons. */
export async function listLoadLines(
  tx: InstitutionTx,
  loadIds: readonly string[],
): Promise<(LedgerPart & { loadId: string })[]> {
  if (loadIds.length === 0) return [];
  return await tx.db
    .selectFrom('customer_load_lines')
    .select(['customer_load_id as loadId', 'field', 'reason', 'line_count as lineCount', 'lines'])
    .where('institution_id', '=', tx.institutionId)
    .where('customer_load_id', 'in', [...loadIds])
    .orderBy('customer_load_id')
    .orderBy('field')
    .orderBy('reason')
    .execute();
}
