import type { InstitutionTx } from '../../db/transaction.ts';
import { randomId } from '../../lib/id.ts';
import { nameKey } from '../../lib/name-key.ts';
import { Problem } from '../../lib/problem.ts';
import { roles as everyRole, type Principal, type Role } from '../access/index.ts';
import { type CommandContext, type CommandReply, recordingRefusal, runCommand } from '../commands/index.ts';
import { checkLoginName, checkPersonName, loginNameForm } from './login-name.ts';
import type { SignInLink } from './people.ts';
import { noPerson, wholeSecond } from './people-deps.ts';
import { isOpenToPassword } from './person.ts';
import { deleteRecoveryCodes } from './person-store.ts';
import { createLink } from './sign-in-link.ts';
import { deleteLinks, insertLink } from './sign-in-link-store.ts';
import {
  changeUserAccount,
  keepAdministrator,
  lockForChange,
  loginNameTaken,
  seenReply,
  type UserAccountDeps,
  type UserAccountTarget,
} from './user-account-change.ts';
import type { NewUserAccount, UserAccountPatch } from './user-account-schemas.ts';
import {
  deleteAccount,
  deleteGrant,
  findSeenAccount,
  insertAccount,
  listAccounts,
  lockPeople,
  putGrant,
  type SeenAccount,
  type UserAccountFilter,
  type UserAccountPage,
} from './user-account-store.ts';

/** A page of accounts; `last` is the row it ended with unless it was the last page. */
export async function getUserAccounts(
  deps: Pick<UserAccountDeps, 'database'>,
  principal: Pick<Principal, 'institutionId'>,
  filter: UserAccountFilter,
  page: UserAccountPage,
): Promise<{ rows: SeenAccount[]; count: number; last: SeenAccount | undefined }> {
  const { rows, count } = await deps.database.inInstitution(
    principal.institutionId,
    // One more than asked for tells whether there is another page.
    (tx) => listAccounts(tx, filter, { ...page, limit: page.limit + 1 }),
    // The count and the rows are of one moment.
    { isolation: 'repeatable read' },
  );
  const shown = rows.slice(0, page.limit);
  return { rows: shown, count, last: rows.length > page.limit ? shown.at(-1) : undefined };
}

/** @throws Problem `notFound`, also for somebody who has nothing to do with the institution */
export async function getUserAccount(
  deps: Pick<UserAccountDeps, 'database'>,
  principal: Pick<Principal, 'institutionId'>,
  id: string,
): Promise<SeenAccount> {
  return await deps.database.inInstitution(
    principal.institutionId,
    async (tx) => (await findSeenAccount(tx, id)) ?? noPerson(),
  );
}

/**
 * Makes an account of the caller's institution. It has no password until a sign-in link was used.
 *
 * @throws Problem `badRequest` for names of another form, `conflict` when the login name is taken
 */
export async function postUserAccount(
  deps: UserAccountDeps,
  context: CommandContext,
  body: NewUserAccount,
): Promise<CommandReply> {
  checkLoginName(body.loginName);
  checkPersonName(body.name);
  // Whether a login name is taken tells of other institutions too: who tries many shows in the trail.
  return await recordingRefusal(deps, context, undefined, () =>
    runCommand(deps, context, async (tx) => {
      const id = await addUserAccount(tx, { ...body, at: deps.clock.now(), by: context.principal.id });
      const seen = (await findSeenAccount(tx, id)) ?? noPerson();
      const { headers, ...reply } = seenReply(seen);
      return {
        reply: { ...reply, status: 201, headers: { ...headers, Location: `/service/userAccounts/${id}` } },
        audit: { resource: id, detail: { roles: seen.roles } },
      };
    }),
  );
}

/** @throws Problem `conflict` when the login name is taken */
export async function addUserAccount(
  tx: InstitutionTx,
  account: NewUserAccount & { at: Date; by: string },
): Promise<string> {
  const { at, by } = account;
  const id = randomId();
  const inserted = await insertAccount(tx, {
    institution_id: tx.institutionId,
    id,
    login_name: loginNameForm(account.loginName),
    name: account.name,
    name_key: nameKey(account.name),
    tokens_valid_after: wholeSecond(at),
    created_at: at,
    created_by: by,
  });
  if (!inserted) throw loginNameTaken();
  const roles = inOrder(account.roles);
  await putGrant(tx, { personId: id, homeInstitutionId: tx.institutionId, roles, at, by });
  return id;
}

/**
 * Changes name, login name and the roles at this institution (RFC 7396). Roles that are taken away end the
 * sessions, and so do roles that need a second factor for somebody who has none.
 *
 * @throws Problem as `changeUserAccount`; `badRequest`; `unprocessableEntity` for null
 */
export async function patchUserAccount(
  deps: UserAccountDeps,
  context: CommandContext,
  target: UserAccountTarget,
  patch: UserAccountPatch,
): Promise<CommandReply> {
  const { loginName, name, roles } = patch;
  if (loginName === null || name === null || roles === null) {
    throw new Problem('unprocessableEntity', { detail: 'Nothing of a user account can be cleared: send no null.' });
  }
  if (loginName !== undefined) checkLoginName(loginName);
  if (name !== undefined) checkPersonName(name);
  return await changeUserAccount(deps, context, target, (seen) => {
    const login = loginName === undefined ? seen.login_name : loginNameForm(loginName);
    const rename = name !== undefined && name !== seen.name;
    const before = inOrder(seen.roles);
    const after = roles === undefined ? before : inOrder(roles);
    const reroles = before.join() !== after.join();
    return {
      change: {
        ...(rename ? { name, name_key: nameKey(name) } : {}),
        ...(login === seen.login_name ? {} : { login_name: login }),
      },
      ...(reroles ? { roles: after } : {}),
      fields: [
        ...(rename ? ['name'] : []),
        ...(login === seen.login_name ? [] : ['loginName']),
        ...(reroles ? ['roles'] : []),
      ],
      narrows: before.some((role) => !after.includes(role)),
      asksForFactor: asksForFactor(
        seen,
        after.filter((role) => !before.includes(role)),
      ),
      ...(reroles ? { detail: { rolesBefore: before, roles: after } } : {}),
    };
  });
}

/** Who signed in by password alone must not go on with what only a second factor opens: they sign in anew. */
function asksForFactor(seen: SeenAccount, added: readonly Role[]): boolean {
  return !seen.has_second_factor && !isOpenToPassword(added);
}

function inOrder(roles: readonly string[]): readonly Role[] {
  return everyRole.filter((role) => roles.includes(role));
}

/** Sets the roles at this institution alone, without a condition: the operator's way. */
export async function setRoles(
  deps: UserAccountDeps,
  context: CommandContext,
  personId: string,
  roles: readonly Role[],
): Promise<CommandReply> {
  const target = { id: personId, headers: { 'if-match': '*' } };
  return await patchUserAccount(deps, context, target, { roles: [...roles] });
}

/** Disables or enables an account; one that is there already stays as it is. A disabled one is signed out everywhere. */
export async function moveUserAccount(
  deps: UserAccountDeps,
  context: CommandContext,
  target: UserAccountTarget,
  state: SeenAccount['state'],
): Promise<CommandReply> {
  return await changeUserAccount(
    deps,
    context,
    target,
    (seen) => ({
      change: { state },
      fields: seen.state === state ? [] : ['state'],
      narrows: state === 'disabled',
      detail: { state },
      ...(state === 'disabled' ? { apply: (tx: InstitutionTx) => deleteLinks(tx, seen.id) } : {}),
    }),
    { unconditionally: true },
  );
}

/**
 * Erases an account of this home with its grants everywhere; of another home only the roles here. What the person made
 * stays, and so do the entries of the audit trail, which name ids only.
 */
export async function removeUserAccount(
  deps: UserAccountDeps,
  context: CommandContext,
  target: UserAccountTarget,
): Promise<CommandReply> {
  const reply = await recordingRefusal(deps, context, target.id, () =>
    runCommand(deps, context, async (tx) => {
      await lockPeople(tx);
      const seen = await lockForChange(tx, target);
      const own = seen.institution_id === tx.institutionId;
      await (own ? deleteAccount(tx, seen.id) : deleteGrant(tx, seen.id));
      await keepAdministrator(tx, seen);
      return { reply: { status: 204 }, audit: { resource: seen.id, detail: { deleted: own ? 'account' : 'roles' } } };
    }),
  );
  if (!context.dryRun) deps.access.forget(target.id);
  return reply;
}

/**
 * A link by which the person chooses a (new) password, and sets a second factor up where there is none. Those before
 * it no longer work.
 */
export async function postSignInLink(
  deps: UserAccountDeps,
  context: CommandContext,
  target: UserAccountTarget,
  bodyOf: (link: SignInLink) => unknown,
): Promise<CommandReply> {
  return await changeUserAccount(
    deps,
    context,
    target,
    (seen) => {
      if (seen.state === 'disabled') {
        throw new Problem('conflict', { detail: 'The account is disabled: enable it first.' });
      }
      const at = deps.clock.now();
      const { link, row } = createLink({ institutionId: seen.institution_id, personId: seen.id, at });
      return {
        fields: ['signInLink'],
        narrows: false,
        detail: { expiresAt: link.expiresAt.toISOString() },
        async apply(tx) {
          await deleteLinks(tx, seen.id);
          await insertLink(tx, row);
        },
        reply: () => ({ status: 201, body: bodyOf(link), secret: true }),
      };
    },
    { unconditionally: true, lendsAccount: true },
  );
}

/** Signs the person out everywhere: sessions and tokens from before are refused. */
export async function endUserSessions(
  deps: UserAccountDeps,
  context: CommandContext,
  target: UserAccountTarget,
): Promise<CommandReply> {
  const plan = () => ({ fields: ['sessions'], narrows: true });
  return await changeUserAccount(deps, context, target, plan, { unconditionally: true });
}

/** For a lost telephone: the next sign-in sets another second factor up. The recovery codes go with it. */
export async function resetSecondFactor(
  deps: UserAccountDeps,
  context: CommandContext,
  target: UserAccountTarget,
): Promise<CommandReply> {
  return await changeUserAccount(
    deps,
    context,
    target,
    (seen) => ({
      // The last step stays: a code that was used must not work for another secret either.
      change: { totp_secret: null },
      fields: ['secondFactor'],
      narrows: true,
      apply: (tx) => deleteRecoveryCodes(tx, seen.id),
      reply: () => ({ status: 204 }),
    }),
    { unconditionally: true, lendsAccount: true },
  );
}
