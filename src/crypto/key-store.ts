import type { Selectable } from 'kysely';
import type { Tables } from '../db/tables.ts';
import type { InstitutionTx, OperatorTx } from '../db/transaction.ts';

export type WrappedKeyRow = Selectable<Tables['wrapped_key']>;

export async function insertWrappedKeys(tx: OperatorTx, rows: readonly WrappedKeyRow[]): Promise<void> {
  await tx.db
    .insertInto('wrapped_key')
    .values([...rows])
    .execute();
}

export async function listWrappedKeys(tx: InstitutionTx): Promise<WrappedKeyRow[]> {
  return await tx.db
    .selectFrom('wrapped_key')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .orderBy('purpose')
    .orderBy('identifier_type')
    .orderBy('generation')
    .limit(1_000)
    .execute();
}

/** One key, to try the master key on; undefined while there is no institution. */
export async function findAnyWrappedKey(tx: OperatorTx): Promise<WrappedKeyRow | undefined> {
  return await tx.db.selectFrom('wrapped_key').selectAll().orderBy('institution_id').limit(1).executeTakeFirst();
}

/**
 * Holds the active index keys of a type until the transaction ends and tells which generations they are: a key that
 * is retired or added has to wait.
 */
export async function shareActiveGenerations(tx: InstitutionTx, identifierType: number): Promise<number[]> {
  const rows = await tx.db
    .selectFrom('wrapped_key')
    .select('generation')
    .where('institution_id', '=', tx.institutionId)
    .where('purpose', '=', 'index')
    .where('identifier_type', '=', identifierType)
    .where('state', '=', 'active')
    .orderBy('generation')
    .forShare()
    .execute();
  return rows.map((row) => row.generation);
}

export interface IndexKeyRef {
  readonly institutionId: string;
  readonly identifierType: number;
  readonly generation: number;
}

/** Takes the row exclusively, so it waits for the imports that match with this key. @returns false without such a key */
export async function updateIndexKeyState(
  tx: OperatorTx,
  ref: IndexKeyRef,
  state: WrappedKeyRow['state'],
): Promise<boolean> {
  const updated = await tx.db
    .updateTable('wrapped_key')
    .set({ state })
    .where('institution_id', '=', ref.institutionId)
    .where('purpose', '=', 'index')
    .where('identifier_type', '=', ref.identifierType)
    .where('generation', '=', ref.generation)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}
