import type { Selectable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { AuthenticationTx, OperatorTx } from '../../db/transaction.ts';

export type SignInProgressRow = Selectable<Tables['sign_in_progress']>;

export async function insertProgress(tx: AuthenticationTx, row: SignInProgressRow): Promise<void> {
  await tx.db.insertInto('sign_in_progress').values(row).execute();
}

/** Of somebody who may still sign in, and has not been signed out everywhere since. */
export async function findProgress(
  tx: AuthenticationTx,
  hash: Buffer,
  now: Date,
): Promise<SignInProgressRow | undefined> {
  return await tx.db
    .selectFrom('sign_in_progress as progress')
    .innerJoin('user_account as account', 'account.id', 'progress.user_account_id')
    .selectAll('progress')
    .where('progress.progress_hash', '=', hash)
    .where('progress.expires_at', '>', now)
    .where('account.state', '=', 'active')
    .whereRef('account.tokens_valid_after', '<=', 'progress.created_at')
    .executeTakeFirst();
}

/**
 * Deletes one that {@link findProgress} would find, whenever it expires.
 *
 * @returns false when it is gone or has ended: of two requests that take the same step, one does
 */
export async function deleteProgress(tx: AuthenticationTx, hash: Buffer): Promise<boolean> {
  const deleted = await tx.db
    .deleteFrom('sign_in_progress as progress')
    .using('user_account as account')
    .where('progress.progress_hash', '=', hash)
    .whereRef('account.id', '=', 'progress.user_account_id')
    .where('account.state', '=', 'active')
    .whereRef('account.tokens_valid_after', '<=', 'progress.created_at')
    .executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}

export async function deleteExpiredProgress(tx: OperatorTx, now: Date): Promise<void> {
  await tx.db.deleteFrom('sign_in_progress').where('expires_at', '<=', now).execute();
}
