import { type Selectable, sql } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { AuthenticationTx, OperatorTx } from '../../db/transaction.ts';

export type AttemptRow = Selectable<Tables['sign_in_attempt']>;

/** The row of a login name, made if need be, held until the transaction ends. */
export async function lockAttempts(tx: AuthenticationTx, loginMac: Buffer, at: Date): Promise<AttemptRow> {
  return await tx.db
    .insertInto('sign_in_attempt')
    .values({ login_mac: loginMac, failed_count: 0, refused_count: 0, blocked_until: null, updated_at: at })
    .onConflict((conflict) => conflict.column('login_mac').doUpdateSet({ updated_at: at }))
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function updateAttempts(
  tx: AuthenticationTx,
  loginMac: Buffer,
  change: Partial<Pick<AttemptRow, 'failed_count' | 'refused_count' | 'blocked_until'>>,
): Promise<void> {
  await tx.db.updateTable('sign_in_attempt').set(change).where('login_mac', '=', loginMac).execute();
}

/** Takes one failure back, and the wait that it began; a wait that another try began stays. */
export async function returnAttempt(
  tx: AuthenticationTx,
  attempt: { loginMac: Buffer; blockedUntil: Date | null },
): Promise<void> {
  await tx.db
    .updateTable('sign_in_attempt')
    .set({
      failed_count: sql`greatest(failed_count - 1, 0)`,
      blocked_until: sql`nullif(blocked_until, ${attempt.blockedUntil}::timestamptz)`,
    })
    .where('login_mac', '=', attempt.loginMac)
    .execute();
}

export async function deleteAttempts(tx: AuthenticationTx, loginMac: Buffer): Promise<void> {
  await tx.db.deleteFrom('sign_in_attempt').where('login_mac', '=', loginMac).execute();
}

/** Forgets names that nobody has tried since. */
export async function deleteOldAttempts(tx: OperatorTx, before: Date): Promise<void> {
  await tx.db.deleteFrom('sign_in_attempt').where('updated_at', '<', before).execute();
}
