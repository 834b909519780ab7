import type { Logger } from 'pino';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import { type AccessVerifier, isRole } from '../access/index.ts';
import type { Audit, AuditEntry } from '../audit/index.ts';
import { isLoginName } from './login-name.ts';
import type { PasswordHasher } from './password-hasher.ts';
import { needsSecondFactor, type Person } from './person.ts';
import { type AccountRow, findAccountById, findAccountByLoginName, listPersonGrants } from './person-store.ts';
import type { SignInAttempts } from './sign-in-attempts.ts';

export interface PeopleDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly access: Pick<AccessVerifier, 'forget'>;
  /** A refused password is answered at the next multiple of this, so that the work behind it does not show. */
  readonly refusalQuantumMs?: number;
  readonly hasher?: PasswordHasher;
  /** For tries with names that nobody has, which no trail takes. */
  readonly logger?: Pick<Logger, 'info'>;
}

/** What the parts of this module share. */
export interface PeopleParts extends PeopleDeps {
  readonly hasher: PasswordHasher;
  readonly attempts: SignInAttempts;
}

/** An account as it is stored, and the person as others may know them. */
export interface FoundPerson {
  readonly account: AccountRow;
  readonly person: Person;
}

/** Finds somebody by id or by the folded login name, whatever their institution and state. */
export async function findPersonBy(
  deps: Pick<PeopleDeps, 'database'>,
  key: { id: string } | { loginName: string },
): Promise<FoundPerson | undefined> {
  // The database knows no NUL and refuses a text with one.
  if ('loginName' in key && !isLoginName(key.loginName)) return undefined;
  return await deps.database.inAuthentication(async (tx) => {
    const account = 'id' in key ? await findAccountById(tx, key.id) : await findAccountByLoginName(tx, key.loginName);
    if (account === undefined) return undefined;
    const grants = await listPersonGrants(tx, account.id);
    const person: Person = {
      id: account.id,
      institutionId: account.institution_id,
      loginName: account.login_name,
      name: account.name,
      state: account.state,
      hasPassword: account.password_hash !== null,
      hasSecondFactor: account.totp_secret !== null,
      // Nobody has grants nowhere for long: until then nothing is decided in their favour.
      needsSecondFactor:
        grants.length === 0 ||
        grants.some(({ roles, settings }) => needsSecondFactor(roles.filter(isRole), settings.secondFactorRequired)),
      tokensValidAfter: account.tokens_valid_after,
      lastSignInAt: account.last_sign_in_at ?? undefined,
      grants: grants.map(({ institution_id: institutionId, institution_name: institutionName, roles }) => ({
        institutionId,
        institutionName,
        roles: roles.filter(isRole),
      })),
    };
    return { account, person };
  });
}

/** @throws Problem `notFound` */
export async function requirePerson(deps: Pick<PeopleDeps, 'database'>, id: string): Promise<FoundPerson> {
  return (await findPersonBy(deps, { id })) ?? noPerson();
}

export function noPerson(): never {
  throw new Problem('notFound', { detail: 'There is no user account with this id.' });
}

/** What somebody did about their own account: appended last in the transaction of the act. */
export async function auditOwnAct(
  deps: Pick<PeopleDeps, 'audit' | 'clock'>,
  tx: InstitutionTx,
  act: { personId: string; address?: string | undefined } & Pick<AuditEntry, 'operation' | 'outcome' | 'detail'>,
): Promise<void> {
  const { personId, address, operation, outcome, detail } = act;
  await deps.audit.append(tx, {
    at: deps.clock.now(),
    actor: { kind: 'person', principalId: personId, address },
    operation,
    resource: personId,
    outcome,
    detail,
  });
}

/** Of a new account: tokens tell their age in whole seconds, and nothing is from before it. */
export function wholeSecond(at: Date): Date {
  return new Date(Math.floor(at.getTime() / 1_000) * 1_000);
}
