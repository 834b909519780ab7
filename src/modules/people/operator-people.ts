import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Role } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import { type CommandContext, operatorContext, runCommand } from '../commands/index.ts';
import { type FirstAdministrator, type SetUpOutcome, setUpInstitution } from './first-administrator.ts';
import { loginNameForm } from './login-name.ts';
import type { SignInLink } from './people.ts';
import { findPersonBy, noPerson } from './people-deps.ts';
import type { Person } from './person.ts';
import { keepAdministrator, type UserAccountDeps } from './user-account-change.ts';
import type { NewUserAccount, UserAccount } from './user-account-schemas.ts';
import {
  endUserSessions,
  getUserAccounts,
  moveUserAccount,
  postSignInLink,
  postUserAccount,
  resetSecondFactor,
  setRoles,
} from './user-account-service.ts';
import { deleteGrant, findSeenAccount, lockPeople, putGrant } from './user-account-store.ts';
import { userAccountBody } from './user-account-view.ts';

/** What the operator does beside the server, at any institution; each act is in its audit trail. People go by login name. */
export interface OperatorPeople {
  /** @throws Problem `badRequest`, `conflict` */
  create(institutionId: string, account: NewUserAccount): Promise<Person>;
  list(institutionId: string, limit: number): Promise<readonly UserAccount[]>;
  /** @throws Problem `notFound`, as all that follow; `conflict` for a disabled account */
  link(loginName: string): Promise<SignInLink>;
  /** @throws Problem `conflict` for the last administrator */
  move(loginName: string, state: 'active' | 'disabled'): Promise<void>;
  /** Roles at an institution, which need not be the home; none = none. @throws Problem `conflict` */
  setRoles(loginName: string, at: { institutionId: string | undefined; roles: readonly Role[] }): Promise<string>;
  resetSecondFactor(loginName: string): Promise<void>;
  signOut(loginName: string): Promise<void>;
  /** Whether anybody has the login name, at any institution. */
  isTaken(loginName: string): Promise<boolean>;
  /** Makes the first administrator of an institution that exists, and a link for them. */
  setUp(first: FirstAdministrator): Promise<SetUpOutcome>;
}

/** A server that runs learns of a change within the time for which it keeps what it knows of a person (5 s). */
export function createOperatorPeople(given: { database: Database; clock: Clock; audit: Audit }): OperatorPeople {
  const deps: UserAccountDeps = { ...given, access: { forget() {} } };
  const named = async (loginName: string): Promise<Person> =>
    (await findPersonBy(deps, { loginName: loginNameForm(loginName) }))?.person ?? noPerson();
  const about = ({ id, institutionId }: Person, operation: string) =>
    [deps, operatorContext(institutionId, operation), { id, headers: {} }] as const;
  return {
    async create(institutionId, account) {
      await postUserAccount(deps, operatorContext(institutionId, 'createUserAccount'), account);
      return await named(account.loginName);
    },
    async list(institutionId, limit) {
      const sort = [{ field: 'name', descending: false } as const, { field: 'id', descending: false } as const];
      const { rows } = await getUserAccounts(deps, { institutionId }, {}, { sort, after: undefined, limit });
      return rows.map(userAccountBody);
    },
    async link(loginName) {
      let made: SignInLink | undefined;
      await postSignInLink(...about(await named(loginName), 'createSignInLink'), (link) => {
        made = link;
        return undefined;
      });
      if (made === undefined) throw new Error('a link was made and is not known');
      return made;
    },
    async move(loginName, state) {
      const operation = state === 'active' ? 'enableUserAccount' : 'disableUserAccount';
      await moveUserAccount(...about(await named(loginName), operation), state);
    },
    async setRoles(loginName, { institutionId, roles }) {
      const person = await named(loginName);
      const at = institutionId ?? person.institutionId;
      const context = operatorContext(at, 'patchUserAccount');
      if (at === person.institutionId) await setRoles(deps, context, person.id, roles);
      else await grantElsewhere(deps, context, person, roles);
      return at;
    },
    async resetSecondFactor(loginName) {
      await resetSecondFactor(...about(await named(loginName), 'resetSecondFactor'));
    },
    async signOut(loginName) {
      await endUserSessions(...about(await named(loginName), 'endUserSessions'));
    },
    isTaken: async (loginName) => (await findPersonBy(deps, { loginName: loginNameForm(loginName) })) !== undefined,
    setUp: (first) => setUpInstitution(deps, operatorContext(first.institutionId, 'setUp'), first),
  };
}

/** An institution does not see people of another home before they have roles in it: only the operator gives the first. */
async function grantElsewhere(
  deps: UserAccountDeps,
  context: CommandContext,
  person: Person,
  roles: readonly Role[],
): Promise<void> {
  await runCommand(deps, context, async (tx) => {
    await lockPeople(tx);
    const before = await findSeenAccount(tx, person.id);
    const grant = { personId: person.id, homeInstitutionId: person.institutionId, roles };
    if (roles.length === 0) await deleteGrant(tx, person.id);
    else await putGrant(tx, { ...grant, at: deps.clock.now(), by: context.principal.id });
    if (before !== undefined) await keepAdministrator(tx, before);
    const detail = { changed: ['roles'], rolesBefore: before?.roles ?? [], roles };
    return { reply: { status: 200 }, audit: { resource: person.id, detail } };
  });
}
