import {
  beginReplacement,
  changePassword,
  confirmReplacement,
  proveOwner,
  renewOwnRecoveryCodes,
} from './own-account.ts';
import { createPasswordHasher } from './password-hasher.ts';
import { verifyPassword } from './password-sign-in.ts';
import type { People } from './people.ts';
import {
  auditOwnAct,
  findPersonBy,
  noPerson,
  type PeopleDeps,
  type PeopleParts,
  requirePerson,
} from './people-deps.ts';
import { endTokens } from './person-store.ts';
import { beginEnrolment, confirmEnrolment, renewRecoveryCodes, verifySecondFactor } from './second-factor.ts';
import { createSignInAttempts } from './sign-in-attempts.ts';
import { findSignInLink, redeemSignInLink, setPassword } from './sign-in-link.ts';

/** One for a process: it bounds how many passwords are hashed at once. */
export function createPeople(deps: PeopleDeps): People {
  const parts: PeopleParts = {
    ...deps,
    hasher: deps.hasher ?? createPasswordHasher(),
    attempts: createSignInAttempts(deps),
  };
  return {
    findPerson: async (id) => (await findPersonBy(parts, { id }))?.person,
    verifyPassword: (attempt) => verifyPassword(parts, attempt),
    verifySecondFactor: (attempt) => verifySecondFactor(parts, attempt),
    beginEnrolment: (personId) => beginEnrolment(parts, personId),
    confirmEnrolment: (attempt) => confirmEnrolment(parts, attempt),
    renewRecoveryCodes: (person) => renewRecoveryCodes(parts, person),
    findSignInLink: (token) => findSignInLink(parts, token),
    redeemSignInLink: (attempt) => redeemSignInLink(parts, attempt),
    setPassword: (change) => setPassword(parts, change),
    async proveOwner(proof, operation) {
      const proven = await proveOwner(parts, proof, operation);
      return proven.outcome === 'refused' ? proven : { outcome: 'proven' };
    },
    changePassword: (change) => changePassword(parts, change),
    beginReplacement: (proof) => beginReplacement(parts, proof),
    confirmReplacement: (attempt) => confirmReplacement(parts, attempt),
    renewOwnRecoveryCodes: (proof) => renewOwnRecoveryCodes(parts, proof),
    endSessions: (person) => endSessions(parts, person),
  };
}

/** See `People.endSessions`. */
async function endSessions(
  deps: PeopleParts,
  { personId, address }: { personId: string; address?: string | undefined },
): Promise<Date> {
  const { account } = await requirePerson(deps, personId);
  const at = deps.clock.now();
  await deps.database.inInstitution(account.institution_id, async (tx) => {
    if (!(await endTokens(tx, { personId, at }))) noPerson();
    await auditOwnAct(deps, tx, { personId, address, operation: 'endSessions', outcome: 'done', detail: {} });
  });
  deps.access.forget(personId);
  return at;
}
