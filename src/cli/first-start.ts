import type { Config } from '../config.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { Database } from '../db/transaction.ts';
import { createInstitution } from '../modules/institutions/index.ts';
import { findFirstPerson, signInLinkAddress } from '../modules/people/index.ts';
import { listAllInstitutions, peopleOf } from './operator-people.ts';

/** What a first start makes where nobody has said otherwise; `rollcall setup` before it says otherwise. */
const firstInstitution = { id: 'MYBANK', name: 'My Bank' } as const;
const firstLogin = 'admin';
/** One person who looks around alone: an administrator by itself does not see members or import lists. */
const firstRoles = ['analyst'] as const;

export type FirstStart =
  /** Somebody signs in already, or people come from elsewhere. */
  | { readonly outcome: 'settled' }
  /** Nobody can sign in, and it is not for a start to decide who should. */
  | { readonly outcome: 'setupNeeded' }
  | { readonly outcome: 'link'; readonly institution: string; readonly loginName: string; readonly address: string };

/**
 * A server that nobody can sign in to yet. On the embedded engine the first start sets one institution up and gives a
 * link; so does each start until a link was used, and none after. A PostgreSQL server is set up by `rollcall setup`:
 * several processes start there, and their output is often kept.
 */
export async function prepareFirstStart(
  deps: { config: Pick<Config, 'externalIssuer'>; database: Database; keyring: Keyring },
  server: { base: string },
): Promise<FirstStart> {
  const { config, database, keyring } = deps;
  if (config.externalIssuer !== undefined) return { outcome: 'settled' };
  const found = await database.asOperator(findFirstPerson);
  if (found.state === 'settled') return { outcome: 'settled' };
  if (database.engine !== 'embedded') return { outcome: 'setupNeeded' };
  const institutionId = found.state === 'one' ? found.institutionId : await onlyInstitution({ database, keyring });
  if (institutionId === undefined) return { outcome: 'setupNeeded' };
  const loginName = found.state === 'one' ? found.loginName : firstLogin;
  const name = found.state === 'one' ? found.name : 'Administrator';
  const set = await peopleOf({ database, keyring }).setUp({ institutionId, loginName, name, roles: firstRoles });
  if (set.outcome !== 'made' && set.outcome !== 'again') return { outcome: 'setupNeeded' };
  return {
    outcome: 'link',
    institution: institutionId,
    loginName,
    address: signInLinkAddress(server.base, set.link.token),
  };
}

/** The one that is there, or a first one; undefined where there are several. */
async function onlyInstitution(deps: { database: Database; keyring: Keyring }): Promise<string | undefined> {
  const institutions = await listAllInstitutions(deps.database);
  if (institutions.length > 1) return undefined;
  const [only] = institutions;
  if (only !== undefined) return only.id;
  await deps.database.asOperator((tx) =>
    createInstitution({ keyring: deps.keyring }, tx, { ...firstInstitution, at: new Date() }),
  );
  return firstInstitution.id;
}

/** What a person at the terminal is told of it; nothing when there is nothing to do. */
export function firstStartLines(start: FirstStart): readonly string[] {
  switch (start.outcome) {
    case 'settled':
      return [];
    case 'setupNeeded':
      return ['Nobody can sign in yet: "rollcall setup --institution ID --login NAME" makes the first administrator.'];
    case 'link':
      return [
        `First sign-in, as ${start.loginName} of institution ${start.institution}; the link works once, for 15 minutes:`,
        start.address,
      ];
  }
}
