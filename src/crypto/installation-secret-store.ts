import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { Tables } from '../db/tables.ts';
import type { OperatorTx } from '../db/transaction.ts';

export type InstallationKeyRow = Selectable<Tables['installation_key']>;

/** Three purposes with a few generations each: those that are retired are removed after a while. */
const secretsMax = 1_000;

/** Newest first within a purpose; all of them without one. */
export async function listInstallationKeys(
  tx: OperatorTx,
  purpose?: InstallationKeyRow['purpose'],
): Promise<InstallationKeyRow[]> {
  return await tx.db
    .selectFrom('installation_key')
    .selectAll()
    .$if(purpose !== undefined, (query) => query.where('purpose', '=', purpose ?? 'seal'))
    .orderBy('purpose')
    .orderBy('generation', 'desc')
    .limit(secretsMax)
    .execute();
}

/** Until the transaction ends nobody else changes the secrets of the installation; who reads them does not wait. */
export async function lockInstallationKeys(tx: OperatorTx): Promise<void> {
  await sql`lock table installation_key in share row exclusive mode`.execute(tx.db);
}

export async function insertInstallationKey(tx: OperatorTx, row: InstallationKeyRow): Promise<void> {
  await tx.db.insertInto('installation_key').values(row).execute();
}

export async function retireInstallationKeys(tx: OperatorTx, purpose: InstallationKeyRow['purpose']): Promise<void> {
  await tx.db.updateTable('installation_key').set({ state: 'retired' }).where('purpose', '=', purpose).execute();
}

export async function deleteRetiredInstallationKey(
  tx: OperatorTx,
  key: Pick<InstallationKeyRow, 'purpose' | 'generation'>,
): Promise<boolean> {
  const deleted = await tx.db
    .deleteFrom('installation_key')
    .where('purpose', '=', key.purpose)
    .where('generation', '=', key.generation)
    .where('state', '=', 'retired')
    .executeTakeFirst();
  return deleted.numDeletedRows > 0n;
}
