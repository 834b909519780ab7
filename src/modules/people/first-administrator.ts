import type { OperatorTx } from '../../db/transaction.ts';
import type { Role } from '../access/index.ts';
import { type CommandContext, runCommand } from '../commands/index.ts';
import { checkLoginName, checkPersonName, loginNameForm } from './login-name.ts';
import type { SignInLink } from './people.ts';
import { findPersonBy } from './people-deps.ts';
import { createLink } from './sign-in-link.ts';
import { deleteLinks, insertLink } from './sign-in-link-store.ts';
import type { UserAccountDeps } from './user-account-change.ts';
import { addUserAccount } from './user-account-service.ts';
import { countAdministrators, findOnlyAccount, lockPeople } from './user-account-store.ts';

export interface FirstAdministrator {
  readonly institutionId: string;
  readonly loginName: string;
  readonly name: string;
  /** Besides `administrator`. */
  readonly roles?: readonly Role[];
}

export type SetUpOutcome =
  /** `again`: the account was there, and nobody had used a link of it. */
  | { readonly outcome: 'made' | 'again'; readonly link: SignInLink }
  /** This very administrator signs in already. */
  | { readonly outcome: 'done' }
  /** The institution has another administrator: they make accounts. */
  | { readonly outcome: 'administered' }
  /** The login name is somebody else's. */
  | { readonly outcome: 'nameTaken' };

/**
 * Makes the first administrator and a link for the first sign-in. Safe to repeat: as long as no link was used, each
 * time there is a new one; never is there a second first administrator.
 */
export async function setUpInstitution(
  deps: UserAccountDeps,
  context: CommandContext,
  first: FirstAdministrator,
): Promise<SetUpOutcome> {
  checkLoginName(first.loginName);
  checkPersonName(first.name);
  let outcome: SetUpOutcome = { outcome: 'done' };
  const there = (await findPersonBy(deps, { loginName: loginNameForm(first.loginName) }))?.person;
  const isTheirs = there?.grants.some(
    ({ institutionId, roles }) => institutionId === first.institutionId && roles.includes('administrator'),
  );
  if (
    there !== undefined &&
    !(isTheirs === true && there.institutionId === first.institutionId && there.state === 'active')
  ) {
    return { outcome: 'nameTaken' };
  }
  if (there?.hasPassword === true) return { outcome: 'done' };
  await runCommand(deps, context, async (tx) => {
    await lockPeople(tx);
    const at = deps.clock.now();
    if (there === undefined && (await countAdministrators(tx)) > 0) {
      outcome = { outcome: 'administered' };
      return { reply: { status: 200 }, audit: { outcome: 'refused' } };
    }
    const roles: readonly Role[] = ['administrator', ...(first.roles ?? [])];
    const personId =
      there?.id ?? (await addUserAccount(tx, { ...first, roles: [...roles], at, by: context.principal.id }));
    const { link, row } = createLink({ institutionId: first.institutionId, personId, at });
    await deleteLinks(tx, personId);
    await insertLink(tx, row);
    outcome = { outcome: there === undefined ? 'made' : 'again', link };
    return {
      reply: { status: 200 },
      audit: { resource: personId, detail: { expiresAt: link.expiresAt.toISOString() } },
    };
  });
  return outcome;
}

/**
 * Whether a server waits for its first sign-in: `nobody` has an account, or only `one` has and has not chosen a
 * password; else `settled`.
 */
export async function findFirstPerson(
  tx: OperatorTx,
): Promise<{ state: 'nobody' | 'settled' } | { state: 'one'; institutionId: string; loginName: string; name: string }> {
  const { count, only } = await findOnlyAccount(tx);
  if (count === 0) return { state: 'nobody' };
  if (only === undefined || only.has_password) return { state: 'settled' };
  return { state: 'one', institutionId: only.institution_id, loginName: only.login_name, name: only.name };
}
