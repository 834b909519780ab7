import { sql } from 'kysely';
import type { InstitutionSettings } from '../../db/tables.ts';
import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';

export interface InstitutionVersion {
  readonly customerVersion: number;
  /** Ordinals erased or removed, portable Roaring bytes (empty = none). */
  readonly gone: Uint8Array;
}

/** @returns false when the institution exists already */
export async function insertInstitution(
  tx: OperatorTx,
  institution: { id: string; name: string; settings: InstitutionSettings; at: Date },
): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('institution')
    .values({
      id: institution.id,
      name: institution.name,
      settings: JSON.stringify(institution.settings),
      created_at: institution.at,
    })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

export async function listInstitutions(
  tx: OperatorTx,
  limit: number,
): Promise<readonly { id: string; name: string }[]> {
  return await tx.db.selectFrom('institution').select(['id', 'name']).orderBy('id').limit(limit).execute();
}

/** Changes the settings that are named and keeps the others. @returns false when there is no such institution */
export async function mergeInstitutionSettings(tx: InstitutionTx, change: InstitutionSettings): Promise<boolean> {
  const updated = await tx.db
    .updateTable('institution')
    .set({ settings: sql`settings || ${JSON.stringify(change)}::jsonb` })
    .where('id', '=', tx.institutionId)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

export async function institutionExists(tx: InstitutionTx): Promise<boolean> {
  const row = await tx.db.selectFrom('institution').select('id').where('id', '=', tx.institutionId).executeTakeFirst();
  return row !== undefined;
}

export async function findInstitutionSettings(tx: InstitutionTx): Promise<InstitutionSettings> {
  const row = await tx.db
    .selectFrom('institution')
    .select('settings')
    .where('id', '=', tx.institutionId)
    .executeTakeFirst();
  return row?.settings ?? {};
}

/** The same, and keeps others from changing them until the transaction ends. NO KEY: inserts that refer to it go on. */
export async function lockInstitutionSettings(tx: InstitutionTx): Promise<InstitutionSettings> {
  const row = await tx.db
    .selectFrom('institution')
    .select('settings')
    .where('id', '=', tx.institutionId)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
  return row.settings;
}

/**
 * Reads the version of the customer base and keeps it still until the transaction ends: a load or an erasure, which
 * take the row exclusively, publish before or after, never in between. Must be the first statement.
 */
export async function shareCustomerVersion(tx: InstitutionTx): Promise<number> {
  const row = await tx.db
    .selectFrom('institution')
    .select('customer_version')
    .where('id', '=', tx.institutionId)
    .forShare()
    .executeTakeFirstOrThrow();
  return row.customer_version;
}
