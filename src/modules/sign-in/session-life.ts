import type { OperatorTx } from '../../db/transaction.ts';
import { deleteExpiredPortalSessions, type Liveness } from './portal-session-store.ts';
import { deleteExpiredProgress } from './sign-in-progress-store.ts';

const minuteMs = 60_000;
/** OWASP Session Management Cheat Sheet: 15 to 30 minutes idle; a working day in all (ASVS 5.0, 7.3.1 and 7.3.2). */
export const idleMs = 30 * minuteMs;
export const absoluteMs = 12 * 60 * minuteMs;

export function livenessAt(now: Date): Liveness {
  return { now, seenAfter: new Date(now.getTime() - idleMs) };
}

/** For maintenance: sessions of the portal that are over, and sign-ins that nobody finished. */
export async function deleteEndedSessions(tx: OperatorTx, now: Date): Promise<void> {
  await deleteExpiredProgress(tx, now);
  await deleteExpiredPortalSessions(tx, livenessAt(now));
}
