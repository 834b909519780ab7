import type { Selectable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { AuthenticationTx, OperatorTx } from '../../db/transaction.ts';

export type SignInProgressRow = Selectable<Tables['sign_in_progress']>;

export async function insertProgress(tx: AuthenticationTx, row: SignInProgressRow): Promise<void> {
  await tx.db.insertInto('sign_in_progress').values(row).execute();
}

export async function findProgress(
  tx: AuthenticationTx,
  hash: Buffer,
  now: Date,
): Promise<SignInProgressRow | undefined> {
  return await tx.db
    .selectFrom('sign_in_progress')
    .selectAll()
    .where('progress_hash', '=', hash)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

/** @returns false when it is gone: of two requests that take the same step, one does */
export async function deleteProgress(tx: AuthenticationTx, hash: Buffer): Promise<boolean> {
  const deleted = await tx.db.deleteFrom('sign_in_progress').where('progress_hash', '=', hash).executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}

export async function deleteProgressOf(tx: AuthenticationTx, personId: string): Promise<void> {
  await tx.db.deleteFrom('sign_in_progress').where('user_account_id', '=', personId).execute();
}

export async function deleteExpiredProgress(tx: OperatorTx, now: Date): Promise<void> {
  await tx.db.deleteFrom('sign_in_progress').where('expires_at', '<=', now).execute();
}
