import { EnvelopeError } from '../../crypto/envelope.ts';
import type { InstitutionTx } from '../../db/transaction.ts';
import { Problem } from '../../lib/problem.ts';
import type { Enrolment, EnrolmentOutcome, SecondFactorOutcome } from './people.ts';
import { auditOwnAct, type FoundPerson, findPersonBy, type PeopleParts, requirePerson } from './people-deps.ts';
import {
  countRecoveryCodes,
  insertTotpSecret,
  lockOwnAccount,
  recordSignIn,
  replaceRecoveryCodes,
  useRecoveryCode,
  useTotpStep,
} from './person-store.ts';
import { createRecoveryCodes, hashRecoveryCode, readRecoveryCode } from './recovery-code.ts';
import { backOffDetail, refused, refusedBefore } from './sign-in-attempts.ts';
import {
  createTotpSecret,
  describeTotp,
  isTotpCode,
  type OfferPurpose,
  openOffer,
  openTotpSecret,
  sealOffer,
  sealTotpSecret,
  stepOfCode,
} from './totp.ts';

/** A form that was left open longer shows a new secret. */
const offerMs = 15 * 60_000;

interface CodeAttempt {
  readonly personId: string;
  readonly code: string;
  readonly address?: string | undefined;
}

/** See `People.verifySecondFactor`. */
export async function verifySecondFactor(deps: PeopleParts, attempt: CodeAttempt): Promise<SecondFactorOutcome> {
  const found = await findPersonBy(deps, { id: attempt.personId });
  if (found === undefined || found.account.totp_secret === null) return { outcome: 'refused' };
  const { account, person } = found;
  const claim = await deps.attempts.claim(account.login_name);
  if (claim.outcome === 'tooEarly') return { outcome: 'refused', retryAfterSeconds: claim.retryAfterSeconds };
  const use = await readCode(deps, found, attempt.code);
  const own = { personId: person.id, address: attempt.address, operation: 'signIn' } as const;
  const accepted = await deps.database.inInstitution(account.institution_id, async (tx) => {
    if (use === undefined || !(await use.once(tx))) return undefined;
    if (!(await recordSignIn(tx, person.id, deps.clock.now()))) return undefined;
    const recoveryCodeCount = await countRecoveryCodes(tx, person.id);
    const detail = { factors: ['password', use.factor], recoveryCodeCount, ...refusedBefore(claim) };
    await auditOwnAct(deps, tx, { ...own, outcome: 'done', detail });
    return { outcome: 'accepted', person, factor: use.factor, recoveryCodeCount } as const;
  });
  if (accepted !== undefined) {
    await deps.attempts.clear(account.login_name);
    return accepted;
  }
  await deps.database.inInstitution(account.institution_id, (tx) =>
    auditOwnAct(deps, tx, { ...own, outcome: 'denied', detail: { reason: 'secondFactor', ...backOffDetail(claim) } }),
  );
  return refused(claim);
}

export interface CodeUse {
  readonly factor: 'totp' | 'recoveryCode';
  /** Uses the code up; false when it was used already, or is none of theirs. */
  once(tx: InstitutionTx): Promise<boolean>;
}

/** @returns undefined for what cannot be right, whatever the database says */
export async function readCode(
  deps: PeopleParts,
  { account }: FoundPerson,
  typed: string,
): Promise<CodeUse | undefined> {
  const plain = typed.replaceAll(/\s/g, '');
  const personId = account.id;
  if (isTotpCode(plain) && account.totp_secret !== null) {
    const { institution_id: institutionId, totp_secret: sealed } = account;
    const secret = await deps.keyring.opening(institutionId, (keys) =>
      openTotpSecret(keys, { institutionId, personId }, sealed),
    );
    const step = stepOfCode(secret, plain, deps.clock.now());
    return step === undefined ? undefined : { factor: 'totp', once: (tx) => useTotpStep(tx, { personId, step }) };
  }
  const code = readRecoveryCode(typed);
  if (code === undefined) return undefined;
  const codeHash = hashRecoveryCode(code);
  return { factor: 'recoveryCode', once: (tx) => useRecoveryCode(tx, { personId, codeHash, at: deps.clock.now() }) };
}

/** See `People.beginEnrolment`. */
export async function beginEnrolment(deps: PeopleParts, personId: string): Promise<Enrolment> {
  return await offer(deps, await requirePerson(deps, personId), { secret: createTotpSecret(), purpose: 'first' });
}

/** A secret on its way to the authenticator; `sealed` comes back with the first code. */
export async function offer(
  deps: PeopleParts,
  { account }: FoundPerson,
  { secret, purpose }: { secret: Uint8Array; purpose: OfferPurpose },
): Promise<Enrolment> {
  const keys = await deps.keyring.forInstitution(account.institution_id);
  const expiresAt = new Date(deps.clock.now().getTime() + offerMs);
  const owner = { institutionId: account.institution_id, personId: account.id };
  return {
    ...describeTotp(secret, account.login_name),
    sealed: sealOffer(keys, owner, { secret, expiresAt, purpose }),
  };
}

/** See `People.confirmEnrolment`. */
export async function confirmEnrolment(
  deps: PeopleParts,
  attempt: CodeAttempt & { sealed: string },
): Promise<EnrolmentOutcome> {
  const found = await requirePerson(deps, attempt.personId);
  const { account, person } = found;
  if (person.state !== 'active') return { outcome: 'refused' };
  const owner = { institutionId: account.institution_id, personId: account.id };
  const taken = await takeOffer(deps, found, { ...attempt, purpose: 'first' });
  if (taken.outcome !== 'right') return taken;
  const { offered, step, at } = taken;
  const recoveryCodes = createRecoveryCodes();
  const enrolled = await deps.database.inInstitution(account.institution_id, async (tx) => {
    const sealing = await deps.keyring.forSealing(tx);
    const sealed = sealTotpSecret(sealing, owner, offered.secret);
    if (!(await insertTotpSecret(tx, { personId: person.id, sealed, step, at }))) return false;
    deps.keyring.countSeals(owner.institutionId, sealing.dataKey.generation, 1);
    await storeRecoveryCodes(tx, person.id, recoveryCodes);
    await recordSignIn(tx, person.id, at);
    const own = { personId: person.id, address: attempt.address, outcome: 'done' } as const;
    await auditOwnAct(deps, tx, { ...own, operation: 'enrolSecondFactor', detail: {} });
    await auditOwnAct(deps, tx, { ...own, operation: 'signIn', detail: { factors: ['password', 'totp'] } });
    return true;
  });
  if (!enrolled) return { outcome: 'expired' };
  await deps.attempts.clear(account.login_name);
  return { outcome: 'enrolled', person: { ...person, hasSecondFactor: true }, recoveryCodes };
}

type TakenOffer =
  | { readonly outcome: 'right'; readonly offered: { secret: Buffer }; readonly step: number; readonly at: Date }
  | Extract<EnrolmentOutcome, { outcome: 'wrongCode' | 'expired' }>;

/** Opens what {@link offer} sealed, and holds the first code of the new authenticator against it. */
export async function takeOffer(
  deps: PeopleParts,
  found: FoundPerson,
  form: { sealed: string; code: string; purpose: OfferPurpose },
): Promise<TakenOffer> {
  const { account } = found;
  const { purpose } = form;
  const owner = { institutionId: account.institution_id, personId: account.id };
  const keys = await deps.keyring.forInstitution(account.institution_id);
  const offered = openOfferOrNone(() => openOffer(keys, owner, form.sealed, purpose));
  const at = deps.clock.now();
  if (offered === undefined || offered.expiresAt <= at) return { outcome: 'expired' };
  const code = form.code.replaceAll(/\s/g, '');
  const step = isTotpCode(code) ? stepOfCode(offered.secret, code, at) : undefined;
  if (step !== undefined) return { outcome: 'right', offered, step, at };
  return { outcome: 'wrongCode', enrolment: await offer(deps, found, { secret: offered.secret, purpose }) };
}

function openOfferOrNone<Offer>(open: () => Offer): Offer | undefined {
  try {
    return open();
  } catch (error) {
    if (error instanceof EnvelopeError) return undefined;
    throw error;
  }
}

/** See `People.renewRecoveryCodes`. */
export async function renewRecoveryCodes(
  deps: PeopleParts,
  { personId, address }: { personId: string; address?: string | undefined },
): Promise<readonly string[]> {
  const { account } = await requirePerson(deps, personId);
  const recoveryCodes = createRecoveryCodes();
  await deps.database.inInstitution(account.institution_id, async (tx) => {
    const locked = await lockOwnAccount(tx, personId);
    if (locked === undefined || locked.totp_secret === null) {
      throw new Problem('conflict', { detail: 'There is no second factor that these codes could stand in for.' });
    }
    await storeRecoveryCodes(tx, personId, recoveryCodes);
    const detail = { recoveryCodeCount: recoveryCodes.length };
    await auditOwnAct(deps, tx, { personId, address, operation: 'renewRecoveryCodes', outcome: 'done', detail });
  });
  return recoveryCodes;
}

export async function storeRecoveryCodes(tx: InstitutionTx, personId: string, codes: readonly string[]): Promise<void> {
  const hashes = codes.map((code) => hashRecoveryCode(readRecoveryCode(code) ?? code));
  await replaceRecoveryCodes(tx, personId, hashes);
}
