import type { OperatorTx } from '../../db/transaction.ts';
import { deleteOldAttempts } from './sign-in-attempt-store.ts';
import { deleteExpiredLinks } from './sign-in-link-store.ts';

/** A login name that nobody has tried for a day begins anew; the longest wait is far below that. */
const attemptsKeptMs = 24 * 60 * 60_000;

/** Drops sign-in links whose time is over, and counts of tries that nobody has added to for a day. */
export async function deleteExpiredSignIns(tx: OperatorTx, at: Date): Promise<void> {
  await deleteExpiredLinks(tx, at);
  await deleteOldAttempts(tx, new Date(at.getTime() - attemptsKeptMs));
}
