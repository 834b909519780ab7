import { createHmac } from 'node:crypto';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { waitAfterMs } from './back-off.ts';
import type { SignInRefused } from './people.ts';
import { deleteAttempts, lockAttempts, returnAttempt, updateAttempts } from './sign-in-attempt-store.ts';

/** The key changes hardly ever; counts under the key before are forgotten with it. */
const keyTtlMs = 60_000;

/** A try that may be looked at. */
export interface Claimed {
  readonly outcome: 'claimed';
  /** How long the next try waits if this one fails. */
  readonly waitMs: number;
  /** Tries that came during waits since the last one that was looked at. */
  readonly refusedBefore: number;
  /** The try was right as far as it went, or was never looked at: it counts no longer. */
  giveBack(): Promise<void>;
}

export type AttemptClaim = Claimed | { readonly outcome: 'tooEarly'; readonly retryAfterSeconds: number };

/** Counts tries by login name, whether anybody has that name or not. */
export interface SignInAttempts {
  /**
   * Counts a try as failed before it is looked at: of many at once only as many are looked at as may be, because each
   * claims the row for itself first.
   */
  claim(loginName: string): Promise<AttemptClaim>;
  /** Somebody has signed in: the count begins anew. */
  clear(loginName: string): Promise<void>;
}

export function createSignInAttempts(deps: { database: Database; keyring: Keyring; clock: Clock }): SignInAttempts {
  const { database, clock } = deps;
  const macOf = createNameMac(deps);
  return {
    async claim(loginName) {
      const loginMac = await macOf(loginName);
      const now = clock.now();
      const claimed = await database.inAuthentication(async (tx) => {
        const row = await lockAttempts(tx, loginMac, now);
        if (row.blocked_until !== null && row.blocked_until > now) {
          await updateAttempts(tx, loginMac, { refused_count: row.refused_count + 1 });
          return { tooEarlyMs: row.blocked_until.getTime() - now.getTime() };
        }
        const failed_count = row.failed_count + 1;
        const waitMs = waitAfterMs(failed_count);
        const blocked_until = waitMs === 0 ? null : new Date(now.getTime() + waitMs);
        await updateAttempts(tx, loginMac, { failed_count, refused_count: 0, blocked_until });
        return { waitMs, blockedUntil: blocked_until, refusedBefore: row.refused_count };
      });
      if (claimed.tooEarlyMs !== undefined) {
        return { outcome: 'tooEarly', retryAfterSeconds: Math.ceil(claimed.tooEarlyMs / 1_000) };
      }
      const { waitMs, blockedUntil, refusedBefore } = claimed;
      const giveBack = () => database.inAuthentication((tx) => returnAttempt(tx, { loginMac, blockedUntil }));
      return { outcome: 'claimed', waitMs, refusedBefore, giveBack };
    },
    async clear(loginName) {
      const loginMac = await macOf(loginName);
      await database.inAuthentication((tx) => deleteAttempts(tx, loginMac));
    },
  };
}

function createNameMac(deps: { keyring: Keyring; clock: Clock }) {
  let known: { key: Uint8Array; until: number } | undefined;
  return async (loginName: string): Promise<Buffer> => {
    const now = deps.clock.now().getTime();
    if (known === undefined || known.until <= now) {
      const [newest] = await deps.keyring.installationSecrets('seal');
      if (newest === undefined) throw new Error('the installation has no secret');
      known = { key: newest.secret, until: now + keyTtlMs };
    }
    return createHmac('sha256', known.key).update(`sign-in attempt\0${loginName}`).digest();
  };
}

/** What the trail says of waits: the one that begins, and how many tries came during those before. */
export function backOffDetail(claim: Claimed): Readonly<Record<string, number>> {
  return { ...(claim.waitMs === 0 ? {} : { waitSeconds: claim.waitMs / 1_000 }), ...refusedBefore(claim) };
}

export function refusedBefore(claim: Claimed): Readonly<Record<string, number>> {
  return claim.refusedBefore === 0 ? {} : { refusedDuringWait: claim.refusedBefore };
}

export function refused(claim: Claimed): SignInRefused {
  if (claim.waitMs === 0) return { outcome: 'refused' };
  return { outcome: 'refused', retryAfterSeconds: Math.ceil(claim.waitMs / 1_000) };
}
