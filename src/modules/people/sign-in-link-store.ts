import type { Selectable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { AuthenticationTx, InstitutionTx, OperatorTx } from '../../db/transaction.ts';

export type LinkRow = Selectable<Tables['sign_in_link']>;

/** Before it is known who comes: the hash of 256 random bits names one link of one person. */
export async function findLink(tx: AuthenticationTx, tokenHash: Buffer): Promise<LinkRow | undefined> {
  return await tx.db.selectFrom('sign_in_link').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
}

export async function insertLink(tx: InstitutionTx | OperatorTx, row: LinkRow): Promise<void> {
  await tx.db.insertInto('sign_in_link').values(row).execute();
}

/** @returns false when it was used, has expired or is gone */
export async function useLink(tx: InstitutionTx, use: { tokenHash: Buffer; at: Date }): Promise<boolean> {
  const updated = await tx.db
    .updateTable('sign_in_link')
    .set({ used_at: use.at })
    .where('institution_id', '=', tx.institutionId)
    .where('token_hash', '=', use.tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', use.at)
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

/** A new link, a chosen password and a disabled account end the links that are open. */
export async function deleteLinks(tx: InstitutionTx, personId: string): Promise<void> {
  await tx.db
    .deleteFrom('sign_in_link')
    .where('institution_id', '=', tx.institutionId)
    .where('user_account_id', '=', personId)
    .execute();
}

export async function deleteExpiredLinks(tx: OperatorTx, at: Date): Promise<void> {
  await tx.db.deleteFrom('sign_in_link').where('expires_at', '<', at).execute();
}
