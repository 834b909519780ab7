import { isRight } from './password-sign-in.ts';
import type {
  ConfirmationOutcome,
  OwnerProof,
  OwnPasswordOutcome,
  ReplacementOutcome,
  SignInRefused,
} from './people.ts';
import { auditOwnAct, type FoundPerson, type PeopleParts, requirePerson } from './people-deps.ts';
import { replaceTotpSecret } from './person-store.ts';
import { createRecoveryCodes } from './recovery-code.ts';
import { offer, readCode, renewRecoveryCodes, storeRecoveryCodes, takeOffer } from './second-factor.ts';
import { backOffDetail, refused } from './sign-in-attempts.ts';
import { refusalFor, setPassword } from './sign-in-link.ts';
import { createTotpSecret, sealTotpSecret } from './totp.ts';

/** See `People.proveOwner`. */
export async function proveOwner(
  deps: PeopleParts,
  proof: OwnerProof,
  operation: string,
): Promise<{ readonly outcome: 'proven'; readonly found: FoundPerson } | SignInRefused> {
  const found = await requirePerson(deps, proof.personId);
  const { account } = found;
  const claim = await deps.attempts.claim(account.login_name);
  if (claim.outcome === 'tooEarly') return { outcome: 'refused', retryAfterSeconds: claim.retryAfterSeconds };
  const right = await isRight(deps, claim, { found, password: proof.password });
  // The code last: it is used up, and a wrong password must not cost one.
  if (right && found.person.state === 'active' && (await isCodeRight(deps, found, proof.code))) {
    await deps.attempts.clear(account.login_name);
    return { outcome: 'proven', found };
  }
  const detail = { reason: right ? 'secondFactor' : 'password', ...backOffDetail(claim) };
  const { personId, address } = proof;
  await deps.database.inInstitution(account.institution_id, (tx) =>
    auditOwnAct(deps, tx, { personId, address, operation, outcome: 'denied', detail }),
  );
  return refused(claim);
}

async function isCodeRight(deps: PeopleParts, found: FoundPerson, code = ''): Promise<boolean> {
  if (!found.person.hasSecondFactor) return true;
  const use = await readCode(deps, found, code);
  return use !== undefined && (await deps.database.inInstitution(found.account.institution_id, (tx) => use.once(tx)));
}

/** See `People.changePassword`. */
export async function changePassword(
  deps: PeopleParts,
  change: OwnerProof & { newPassword: string },
): Promise<OwnPasswordOutcome> {
  const { personId, address, newPassword } = change;
  // Before the code is used up: the rules of passwords are no secret.
  const reason = await refusalFor((await requirePerson(deps, personId)).person, newPassword);
  if (reason !== undefined) return { outcome: 'unsuitable', reason };
  const proof = await proveOwner(deps, change, 'changePassword');
  if (proof.outcome === 'refused') return proof;
  const set = await setPassword(deps, { personId, password: newPassword, address });
  return set.outcome === 'changed' ? set : { outcome: 'unsuitable', reason: set.reason };
}

/** See `People.beginReplacement`. */
export async function beginReplacement(deps: PeopleParts, proof: OwnerProof): Promise<ReplacementOutcome> {
  const proven = await proveOwner(deps, proof, 'replaceSecondFactor');
  if (proven.outcome === 'refused') return proven;
  const purpose = { replaces: proven.found.account.totp_secret };
  const enrolment = await offer(deps, proven.found, { secret: createTotpSecret(), purpose });
  return { outcome: 'offered', enrolment };
}

/** See `People.confirmReplacement`. */
export async function confirmReplacement(
  deps: PeopleParts,
  attempt: { personId: string; sealed: string; code: string; address?: string | undefined },
): Promise<ConfirmationOutcome> {
  const found = await requirePerson(deps, attempt.personId);
  const { account, person } = found;
  if (person.state !== 'active') return { outcome: 'refused' };
  const before = account.totp_secret;
  const taken = await takeOffer(deps, found, { ...attempt, purpose: { replaces: before } });
  if (taken.outcome !== 'right') return taken;
  const { offered, step, at } = taken;
  const owner = { institutionId: account.institution_id, personId: account.id };
  const recoveryCodes = createRecoveryCodes();
  const replaced = await deps.database.inInstitution(account.institution_id, async (tx) => {
    const sealing = await deps.keyring.forSealing(tx);
    const sealed = sealTotpSecret(sealing, owner, offered.secret);
    if (!(await replaceTotpSecret(tx, { personId: person.id, before, sealed, step, at }))) return false;
    deps.keyring.countSeals(owner.institutionId, sealing.dataKey.generation, 1);
    await storeRecoveryCodes(tx, person.id, recoveryCodes);
    const operation = before === null ? 'enrolSecondFactor' : 'replaceSecondFactor';
    const { address } = attempt;
    await auditOwnAct(deps, tx, { personId: person.id, address, operation, outcome: 'done', detail: {} });
    return true;
  });
  if (!replaced) return { outcome: 'expired' };
  deps.access.forget(person.id);
  return { outcome: 'replaced', recoveryCodes, at };
}

/** See `People.renewOwnRecoveryCodes`. */
export async function renewOwnRecoveryCodes(
  deps: PeopleParts,
  proof: OwnerProof,
): Promise<{ readonly outcome: 'renewed'; readonly recoveryCodes: readonly string[] } | SignInRefused> {
  const proven = await proveOwner(deps, proof, 'renewRecoveryCodes');
  if (proven.outcome === 'refused') return proven;
  return { outcome: 'renewed', recoveryCodes: await renewRecoveryCodes(deps, proof) };
}
