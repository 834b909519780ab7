import { setTimeout as delay } from 'node:timers/promises';
import { loginNameForm } from './login-name.ts';
import { isTooLong, passwordForm } from './password-policy.ts';
import type { PasswordOutcome } from './people.ts';
import { auditOwnAct, type FoundPerson, findPersonBy, type PeopleParts } from './people-deps.ts';
import { nextStepOf } from './person.ts';
import { recordSignIn, replaceHash } from './person-store.ts';
import { backOffDetail, type Claimed, refused, refusedBefore } from './sign-in-attempts.ts';

/** Above one verification and the entry about it, so that only a loaded machine answers later than the first one. */
const refusalQuantumMsDefault = 250;

interface PasswordAttempt {
  readonly loginName: string;
  readonly password: string;
  readonly address?: string | undefined;
}

/** See `People.verifyPassword`. The order is: count, find, hash, and only then decide. */
export async function verifyPassword(deps: PeopleParts, attempt: PasswordAttempt): Promise<PasswordOutcome> {
  const startedAt = performance.now();
  const loginName = loginNameForm(attempt.loginName);
  const claim = await deps.attempts.claim(loginName);
  if (claim.outcome === 'tooEarly') return { outcome: 'refused', retryAfterSeconds: claim.retryAfterSeconds };
  const found = await findPersonBy(deps, { loginName });
  const right = await isRight(deps, claim, { found, password: attempt.password });
  if (found !== undefined && right && found.person.state === 'active') {
    const accepted = await accept(deps, claim, { found, attempt });
    if (accepted !== undefined) return accepted;
  }
  // Never the name: people type their password there.
  if (found === undefined) deps.logger?.info({ address: attempt.address, reason: 'unknown' }, 'sign-in refused');
  else await recordFailure(deps, claim, { found, right, address: attempt.address });
  await untilMultiple(startedAt, deps.refusalQuantumMs ?? refusalQuantumMsDefault);
  return refused(claim);
}

/** A name that nobody has costs the same: a hash that no password fits is computed. */
export async function isRight(
  deps: PeopleParts,
  claim: Claimed,
  { found, password }: { found: FoundPerson | undefined; password: string },
): Promise<boolean> {
  const tooLong = isTooLong(password);
  const stored = tooLong ? undefined : (found?.account.password_hash ?? undefined);
  try {
    return await deps.hasher.verify(stored, tooLong ? '' : passwordForm(password));
  } catch (error) {
    // It was not looked at.
    await claim.giveBack();
    throw error;
  }
}

/** @returns undefined when the account was disabled at this moment */
async function accept(
  deps: PeopleParts,
  claim: Claimed,
  { found, attempt }: { found: FoundPerson; attempt: PasswordAttempt },
): Promise<PasswordOutcome | undefined> {
  const { account, person } = found;
  const next = nextStepOf(person);
  try {
    await strengthen(deps, found, attempt.password);
  } catch (error) {
    // The password was right: an answer of 503 is no failed try.
    await claim.giveBack();
    throw error;
  }
  if (next !== 'done') {
    // Half a sign-in is no success: guesses of the second factor must not begin anew with each right password.
    await claim.giveBack();
    return { outcome: 'accepted', person, next };
  }
  const signedIn = await deps.database.inInstitution(account.institution_id, async (tx) => {
    if (!(await recordSignIn(tx, person.id, deps.clock.now()))) return false;
    const detail = { factors: ['password'], ...refusedBefore(claim) };
    const { address } = attempt;
    await auditOwnAct(deps, tx, { personId: person.id, address, operation: 'signIn', outcome: 'done', detail });
    return true;
  });
  if (!signedIn) return undefined;
  await deps.attempts.clear(account.login_name);
  return { outcome: 'accepted', person, next };
}

/** Parameters grow with the years: the moment the password is known is the only one to hash it anew. */
async function strengthen(deps: PeopleParts, { account }: FoundPerson, password: string): Promise<void> {
  const before = account.password_hash;
  if (before === null || !deps.hasher.isWeak(before)) return;
  const after = await deps.hasher.hash(passwordForm(password));
  await deps.database.inInstitution(account.institution_id, (tx) =>
    replaceHash(tx, { personId: account.id, before, after }),
  );
}

async function recordFailure(
  deps: PeopleParts,
  claim: Claimed,
  failure: { found: FoundPerson; right: boolean; address: string | undefined },
): Promise<void> {
  const { account, person } = failure.found;
  const detail = { reason: failure.right ? 'disabled' : 'password', ...backOffDetail(claim) };
  const { address } = failure;
  await deps.database.inInstitution(account.institution_id, (tx) =>
    auditOwnAct(deps, tx, { personId: person.id, address, operation: 'signIn', outcome: 'denied', detail }),
  );
}

async function untilMultiple(startedAt: number, quantumMs: number): Promise<void> {
  if (quantumMs <= 0) return;
  const elapsedMs = performance.now() - startedAt;
  // Node cuts a timer to whole milliseconds.
  await delay(Math.ceil(quantumMs - (elapsedMs % quantumMs)));
}
