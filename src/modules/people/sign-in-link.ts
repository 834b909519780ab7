import { createHash, randomBytes } from 'node:crypto';
import { passwordForm, refusalOf } from './password-policy.ts';
import type { LinkOutcome, PasswordRefusal, SetPasswordOutcome, SignInLink } from './people.ts';
import {
  auditOwnAct,
  type FoundPerson,
  findPersonBy,
  type PeopleDeps,
  type PeopleParts,
  requirePerson,
} from './people-deps.ts';
import { nextStepOf, type Person } from './person.ts';
import { recordSignIn, updatePassword } from './person-store.ts';
import { deleteLinks, findLink, type LinkRow, useLink } from './sign-in-link-store.ts';

/** Long enough to be handed over, short enough that a forgotten one is worth nothing (issue: bootstrap and resets). */
export const linkMs = 15 * 60_000;
const tokenBytes = 32;
const tokenPattern = /^[A-Za-z0-9_-]{43}$/;

/** A new link, and the row of it: the token itself is not stored. */
export function createLink(of: { institutionId: string; personId: string; at: Date }): {
  link: SignInLink;
  row: LinkRow;
} {
  const token = randomBytes(tokenBytes).toString('base64url');
  const expiresAt = new Date(of.at.getTime() + linkMs);
  const row: LinkRow = {
    institution_id: of.institutionId,
    token_hash: hashToken(token),
    user_account_id: of.personId,
    created_at: of.at,
    expires_at: expiresAt,
    used_at: null,
  };
  return { link: { token, expiresAt }, row };
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** See `People.findSignInLink`. */
export async function findSignInLink(
  deps: Pick<PeopleDeps, 'database' | 'clock'>,
  token: string,
): Promise<{ person: Person; expiresAt: Date } | undefined> {
  const found = await findUsable(deps, token);
  return found === undefined ? undefined : { person: found.person, expiresAt: found.link.expires_at };
}

async function findUsable(
  deps: Pick<PeopleDeps, 'database' | 'clock'>,
  token: string,
): Promise<(FoundPerson & { link: LinkRow }) | undefined> {
  if (!tokenPattern.test(token)) return undefined;
  // The lookup is by hash, so its timing tells nothing of the token.
  const link = await deps.database.inAuthentication((tx) => findLink(tx, hashToken(token)));
  if (link === undefined || link.used_at !== null || link.expires_at <= deps.clock.now()) return undefined;
  const found = await findPersonBy(deps, { id: link.user_account_id });
  return found?.person.state === 'active' ? { ...found, link } : undefined;
}

/** See `People.redeemSignInLink`. */
export async function redeemSignInLink(
  deps: PeopleParts,
  attempt: { token: string; password: string; address?: string | undefined },
): Promise<LinkOutcome> {
  const found = await findUsable(deps, attempt.token);
  if (found === undefined) return { outcome: 'unusable' };
  const { account, link } = found;
  const reason = await refusalFor(found.person, attempt.password);
  if (reason !== undefined) return { outcome: 'refused', reason };
  const hash = await deps.hasher.hash(passwordForm(attempt.password));
  const person: Person = { ...found.person, hasPassword: true };
  const next = nextStepOf(person);
  const used = await deps.database.inInstitution(account.institution_id, async (tx) => {
    const at = deps.clock.now();
    if (!(await useLink(tx, { tokenHash: link.token_hash, at }))) return false;
    const own = { personId: person.id, address: attempt.address, outcome: 'done' } as const;
    await storePassword(tx, { personId: person.id, hash, at });
    if (next === 'done') await recordSignIn(tx, person.id, at);
    await auditOwnAct(deps, tx, { ...own, operation: 'redeemSignInLink', detail: { next } });
    if (next === 'done') await auditOwnAct(deps, tx, { ...own, operation: 'signIn', detail: { factors: ['link'] } });
    return true;
  });
  if (!used) return { outcome: 'unusable' };
  deps.access.forget(person.id);
  // Whoever was kept waiting by another's guesses gets in by the link.
  await deps.attempts.clear(account.login_name);
  return { outcome: 'accepted', person, next };
}

/** See `People.setPassword`. */
export async function setPassword(
  deps: PeopleParts,
  change: { personId: string; password: string; address?: string | undefined },
): Promise<SetPasswordOutcome> {
  const { account, person } = await requirePerson(deps, change.personId);
  const reason = await refusalFor(person, change.password);
  if (reason !== undefined) return { outcome: 'refused', reason };
  const hash = await deps.hasher.hash(passwordForm(change.password));
  const at = deps.clock.now();
  await deps.database.inInstitution(account.institution_id, async (tx) => {
    await storePassword(tx, { personId: person.id, hash, at });
    const { address } = change;
    await auditOwnAct(deps, tx, {
      personId: person.id,
      address,
      operation: 'changePassword',
      outcome: 'done',
      detail: {},
    });
  });
  deps.access.forget(person.id);
  return { outcome: 'changed', at };
}

async function storePassword(
  tx: Parameters<typeof updatePassword>[0],
  change: { personId: string; hash: string; at: Date },
): Promise<void> {
  await updatePassword(tx, { ...change, validAfter: change.at });
  await deleteLinks(tx, change.personId);
}

/** Whether this person may choose the password; undefined = yes. */
export async function refusalFor(person: Person, password: string): Promise<PasswordRefusal | undefined> {
  const institutions = [person.institutionId, ...person.grants.map(({ institutionId }) => institutionId)];
  return await refusalOf(password, [person.loginName, ...institutions]);
}

/** Where a link leads. @param base without a slash at its end; absent = the path alone */
export function signInLinkAddress(base: string | undefined, token: string): string {
  return `${base ?? ''}/sign-in/link/${token}`;
}
