import { sql } from 'kysely';
import type { OperatorTx } from '../db/transaction.ts';
import type { InstallationKeyRow } from './installation-secret-store.ts';
import type { WrappedKeyRow } from './key-store.ts';

/** The id of the master key stands in the second and third byte (wrapped-secret.ts). */
function wrappedByAnother(masterKeyId: number) {
  const id = Buffer.alloc(2);
  id.writeUInt16BE(masterKeyId);
  return sql<boolean>`substring(wrapped from 2 for 2) <> ${id}`;
}

export async function listKeysOfOthers(tx: OperatorTx, masterKeyId: number, limit: number): Promise<WrappedKeyRow[]> {
  return await tx.db
    .selectFrom('wrapped_key')
    .selectAll()
    .where(wrappedByAnother(masterKeyId))
    .orderBy('institution_id')
    .orderBy('purpose')
    .orderBy('identifier_type')
    .orderBy('generation')
    .limit(limit)
    .execute();
}

export async function listInstallationKeysOfOthers(
  tx: OperatorTx,
  masterKeyId: number,
  limit: number,
): Promise<InstallationKeyRow[]> {
  return await tx.db
    .selectFrom('installation_key')
    .selectAll()
    .where(wrappedByAnother(masterKeyId))
    .orderBy('purpose')
    .orderBy('generation')
    .limit(limit)
    .execute();
}

/** Keys and secrets that another master key wraps. */
export async function countOfOthers(tx: OperatorTx, masterKeyId: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select (select count(*) from wrapped_key where ${wrappedByAnother(masterKeyId)})::integer
      + (select count(*) from installation_key where ${wrappedByAnother(masterKeyId)})::integer as count`.execute(
    tx.db,
  );
  return rows[0]?.count ?? 0;
}

/** Stores a key wrapped anew where the old wrapping still stands. */
export async function updateWrappedKey(tx: OperatorTx, row: WrappedKeyRow, wrapped: Buffer): Promise<void> {
  await tx.db
    .updateTable('wrapped_key')
    .set({ wrapped })
    .where('institution_id', '=', row.institution_id)
    .where('purpose', '=', row.purpose)
    .where('identifier_type', '=', row.identifier_type)
    .where('generation', '=', row.generation)
    .where('wrapped', '=', row.wrapped)
    .execute();
}

export async function updateInstallationKey(tx: OperatorTx, row: InstallationKeyRow, wrapped: Buffer): Promise<void> {
  await tx.db
    .updateTable('installation_key')
    .set({ wrapped })
    .where('purpose', '=', row.purpose)
    .where('generation', '=', row.generation)
    .where('wrapped', '=', row.wrapped)
    .execute();
}
