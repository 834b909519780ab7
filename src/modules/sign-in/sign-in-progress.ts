import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Person } from '../people/index.ts';
import { hashSecret, newSecret } from './browser-cookie.ts';
import { deleteProgress, findProgress, insertProgress, type SignInProgressRow } from './sign-in-progress-store.ts';

/** From one step to the next: time to install an authenticator. */
const stepMs = 15 * 60_000;

export type SignInStep = SignInProgressRow['step'];

/** How somebody has shown who they are (RFC 8176). */
export type AuthenticationMethod = 'pwd' | 'otp' | 'mfa';

export interface SignInProgress {
  readonly personId: string;
  readonly institutionId: string;
  /** The issuer's interaction that it is for; undefined for a link. */
  readonly interactionUid: string | undefined;
  readonly step: SignInStep;
  readonly amr: readonly string[];
  /**
   * When the password or link that it began with was sent, before it was looked at. What ends the person's sessions
   * after that ends this too, at whatever step.
   */
  readonly begunAt: Date;
}

export interface SignInProgresses {
  /** What the browser that brings this secret has proved; undefined when nothing, or too long ago. */
  find(secret: string | undefined): Promise<SignInProgress | undefined>;
  /**
   * Takes a step, and replaces the one before. Each step has a secret of its own: who knew the cookie before a
   * password was right knows nothing afterwards.
   *
   * @returns the secret for the cookie; undefined when `replaces` is gone or ended meanwhile
   */
  advance(progress: SignInProgress, options: { replaces?: string }): Promise<string | undefined>;
  /** @returns whether it was still there and nothing had ended it: it ends a sign-in once */
  end(secret: string): Promise<boolean>;
}

/** Sign-ins under way, on the server: a form never says that a password was right. */
export function createSignInProgresses(deps: { database: Database; clock: Clock }): SignInProgresses {
  const { database, clock } = deps;
  return {
    async find(secret) {
      if (secret === undefined) return undefined;
      const row = await database.inAuthentication((tx) => findProgress(tx, hashSecret(secret), clock.now()));
      return row && progressOf(row);
    },
    async advance(progress, { replaces }) {
      const secret = newSecret();
      const now = clock.now();
      const advanced = await database.inAuthentication(async (tx) => {
        if (replaces !== undefined && !(await deleteProgress(tx, hashSecret(replaces)))) return false;
        await insertProgress(tx, {
          institution_id: progress.institutionId,
          progress_hash: hashSecret(secret),
          user_account_id: progress.personId,
          interaction_uid: progress.interactionUid ?? null,
          step: progress.step,
          amr: [...progress.amr],
          created_at: progress.begunAt,
          expires_at: new Date(now.getTime() + stepMs),
        });
        return true;
      });
      return advanced ? secret : undefined;
    },
    end: (secret) => database.inAuthentication((tx) => deleteProgress(tx, hashSecret(secret))),
  };
}

function progressOf(row: SignInProgressRow): SignInProgress {
  return {
    personId: row.user_account_id,
    institutionId: row.institution_id,
    interactionUid: row.interaction_uid ?? undefined,
    step: row.step,
    amr: row.amr,
    begunAt: row.created_at,
  };
}

/** Where a sign-in of this person begins, once the password was right or a link was redeemed. */
export function progressAt(
  step: SignInStep,
  person: Pick<Person, 'id' | 'institutionId'>,
  rest: Pick<SignInProgress, 'interactionUid' | 'amr' | 'begunAt'>,
): SignInProgress {
  return { personId: person.id, institutionId: person.institutionId, step, ...rest };
}
