import { type Selectable, sql } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';

export type ImportSketchRow = Selectable<Tables['import_sketch']>;

export interface BudgetRef {
  readonly principalId: string;
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
}

/**
 * Adds to what the principal has submitted on the day, unless that would be more than `max`. Of two that come together
 * one waits for the other.
 *
 * @returns false when nothing was added
 */
export async function addToBudget(
  tx: InstitutionTx,
  ref: BudgetRef,
  charge: { valueCount: number; importCount: 0 | 1; max: number },
): Promise<boolean> {
  const { valueCount, importCount, max } = charge;
  const { rows } = await sql`
    insert into import_budget as budget (institution_id, principal_id, day, distinct_value_count, import_count)
    select ${tx.institutionId}, ${ref.principalId}, ${ref.day}::date, ${valueCount}::bigint, ${importCount}::integer
      where ${valueCount}::bigint <= ${max}::bigint
    on conflict (institution_id, principal_id, day) do update
      set distinct_value_count = budget.distinct_value_count + excluded.distinct_value_count,
        import_count = budget.import_count + excluded.import_count
      where budget.distinct_value_count + excluded.distinct_value_count <= ${max}::bigint
    returning budget.day`.execute(tx.db);
  return rows.length > 0;
}

export async function findUsed(tx: InstitutionTx, ref: BudgetRef): Promise<number> {
  const row = await tx.db
    .selectFrom('import_budget')
    .select('distinct_value_count')
    .where('institution_id', '=', tx.institutionId)
    .where('principal_id', '=', ref.principalId)
    .where('day', '=', ref.day)
    .executeTakeFirst();
  return row?.distinct_value_count ?? 0;
}

export async function insertSketch(tx: InstitutionTx, row: ImportSketchRow): Promise<void> {
  await tx.db.insertInto('import_sketch').values(row).execute();
}

/** Other lists of the principal since `since` that are about as long, newest first. */
export async function listSketches(
  tx: InstitutionTx,
  like: {
    principalId: string;
    identifierType: string;
    otherThan: Buffer;
    since: Date;
    valuesMin: number;
    valuesMax: number;
    limit: number;
  },
): Promise<{ import_id: string; sketch: Buffer }[]> {
  return await tx.db
    .selectFrom('import_sketch')
    .select(['import_id', 'sketch'])
    .where('institution_id', '=', tx.institutionId)
    .where('principal_id', '=', like.principalId)
    .where('identifier_type', '=', like.identifierType)
    .where('created_at', '>', like.since)
    .where('content_fingerprint', '<>', like.otherThan)
    .where('distinct_value_count', '>=', like.valuesMin)
    .where('distinct_value_count', '<=', like.valuesMax)
    .orderBy('created_at', 'desc')
    .orderBy('import_id')
    .limit(like.limit)
    .execute();
}

/** Removes sketches whose time is over, and budgets of days before `day`. */
export async function deleteExpiredBudgets(tx: OperatorTx, at: Date): Promise<void> {
  await tx.db.deleteFrom('import_sketch').where('expires_at', '<', at).execute();
  await sql`delete from import_budget where day < ((${at}::timestamptz at time zone 'UTC')::date - 1)`.execute(tx.db);
}
