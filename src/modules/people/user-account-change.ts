import { databaseErrorFacts } from '../../db/error-facts.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { type ConditionalRequest, checkIfMatch } from '../../http/entity-tag.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import { type AccessVerifier, type Role, scopes } from '../access/index.ts';
import { type Audit, actorOf } from '../audit/index.ts';
import { type CommandContext, type CommandReply, recordingRefusal, runCommand } from '../commands/index.ts';
import { findPersonBy, noPerson } from './people-deps.ts';
import { endTokens } from './person-store.ts';
import {
  countAdministrators,
  listApplicationInstitutions,
  lockAccount,
  lockPeople,
  putGrant,
  type SeenAccount,
  updateAccount,
} from './user-account-store.ts';
import { userAccountBody, userAccountTag } from './user-account-view.ts';

export interface UserAccountDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: Audit;
  /** Told of each change after its commit. */
  readonly access: Pick<AccessVerifier, 'forget'>;
}

/** The account to change, and the request's `If-Match`. */
export interface UserAccountTarget extends ConditionalRequest {
  readonly id: string;
}

/** What is to become of a locked account. */
export interface PlannedChange {
  readonly change?: Omit<Parameters<typeof updateAccount>[2], 'updated_at' | 'tokens_valid_after'>;
  /** At this institution, afterwards; absent = as before. */
  readonly roles?: readonly Role[];
  /** What changes, by the names of the contract. Nothing = the account and its entity tag stay. */
  readonly fields: readonly string[];
  /** Whether something may be done no longer: then sessions and tokens from before are refused. */
  readonly narrows: boolean;
  /** Whether a second factor is needed from now on and there is none: the same, also for an account of another home. */
  readonly asksForFactor?: boolean;
  /** Writes to other tables. */
  apply?(tx: InstitutionTx, at: Date): Promise<void>;
  /** Ids and names of ours for the audit trail; never a name of a person. */
  readonly detail?: Readonly<Record<string, unknown>>;
  /** Absent = the account as it is afterwards. */
  reply?(): CommandReply;
}

export interface ChangeOptions {
  /** True where a request without `If-Match` may pass. */
  readonly unconditionally?: boolean;
  /** True where the change lets somebody in as this person. */
  readonly lendsAccount?: boolean;
}

/**
 * Changes an account under its lock, audited, refusals too; then whoever checks tokens is told.
 *
 * @throws Problem `notFound`; `preconditionRequired`, `preconditionFailed`; `forbidden` for an account that another
 *   institution manages (but for the roles here), for one's own roles, and for lending an account that can do more
 *   than the caller (scopes, institutions); `conflict` when no administrator would be left; what `plan` throws
 */
export async function changeUserAccount(
  deps: UserAccountDeps,
  context: CommandContext,
  target: UserAccountTarget,
  plan: (seen: SeenAccount) => PlannedChange,
  options: ChangeOptions = {},
): Promise<CommandReply> {
  let elsewhereToEnd: string | undefined;
  const reply = await recordingRefusal(deps, context, target.id, async () => {
    const elsewhere = options.lendsAccount === true ? await listElsewhere(deps, context, target.id) : [];
    return await runCommand(deps, context, async (tx) => {
      await lockPeople(tx);
      const seen = await lockForChange(tx, target, options);
      const planned = plan(seen);
      checkOwnRoles(context, seen, planned);
      if (options.lendsAccount === true) checkLending(context, elsewhere);
      if (seen.institution_id !== tx.institutionId && planned.fields.some((field) => field !== 'roles')) notManaged();
      const after = await carryOut(deps, context, tx, seen, planned);
      const isForeign = seen.institution_id !== tx.institutionId;
      elsewhereToEnd = isForeign && planned.asksForFactor === true ? seen.institution_id : undefined;
      return {
        reply: planned.reply?.() ?? seenReply(after),
        audit: { resource: seen.id, detail: { changed: planned.fields, ...planned.detail } },
      };
    });
  });
  if (context.dryRun) return reply;
  if (elsewhereToEnd !== undefined) await endSessionsAt(deps, context, { home: elsewhereToEnd, id: target.id });
  deps.access.forget(target.id);
  return reply;
}

/** In the home, whose row and trail they are: a transaction of its own, because one sees one institution only. */
async function endSessionsAt(
  deps: UserAccountDeps,
  context: CommandContext,
  { home, id }: { home: string; id: string },
): Promise<void> {
  const at = deps.clock.now();
  await deps.database.inInstitution(home, async (tx) => {
    await endTokens(tx, { personId: id, at });
    const actor = context.actor ?? actorOf(context.principal);
    const detail = { reason: 'secondFactor' };
    await deps.audit.append(tx, { at, actor, operation: 'endSessions', resource: id, outcome: 'done', detail });
  });
}

export function seenReply(seen: SeenAccount): CommandReply {
  return { status: 200, headers: { ETag: userAccountTag(seen) }, body: userAccountBody(seen) };
}

/** @throws Problem `notFound`, `preconditionRequired`, `preconditionFailed` */
export async function lockForChange(
  tx: InstitutionTx,
  target: UserAccountTarget,
  options: { unconditionally?: boolean } = {},
): Promise<SeenAccount> {
  const seen = (await lockAccount(tx, target.id)) ?? noPerson();
  checkIfMatch(target, userAccountTag(seen), { optional: options.unconditionally === true });
  return seen;
}

/** An institution without an administrator could be helped by the operator only. Call it after the change. */
export async function keepAdministrator(tx: InstitutionTx, before: SeenAccount): Promise<void> {
  const was = before.state === 'active' && before.roles.includes('administrator');
  if (!was || (await countAdministrators(tx)) > 0) return;
  throw new Problem('conflict', {
    detail: 'This is the last active administrator of the institution. Make another one first.',
  });
}

async function carryOut(
  deps: Pick<UserAccountDeps, 'clock'>,
  context: CommandContext,
  tx: InstitutionTx,
  seen: SeenAccount,
  planned: PlannedChange,
): Promise<SeenAccount> {
  if (planned.fields.length === 0) return seen;
  const at = deps.clock.now();
  const { roles } = planned;
  if (roles !== undefined) {
    const homeInstitutionId = seen.institution_id;
    await putGrant(tx, { personId: seen.id, homeInstitutionId, roles, at, by: context.principal.id });
  }
  // An account of another home is not ours to change: roles that are gone are gone by themselves.
  if (seen.institution_id === tx.institutionId) {
    const validAfter = planned.narrows || planned.asksForFactor === true ? { tokens_valid_after: at } : {};
    await updateAccount(tx, seen.id, { ...planned.change, ...validAfter, updated_at: at }).catch(rethrowLoginNameTaken);
  }
  await planned.apply?.(tx, at);
  await keepAdministrator(tx, seen);
  return (await lockAccount(tx, seen.id)) ?? noPerson();
}

/** Only the index knows for certain: it spans all institutions. */
function rethrowLoginNameTaken(error: unknown): never {
  if (databaseErrorFacts(error)?.constraint === 'user_account_login_name_key') throw loginNameTaken();
  throw error;
}

export function loginNameTaken(): Problem {
  return new Problem('conflict', { detail: 'Another account on this server has this login name.' });
}

function checkOwnRoles({ principal }: CommandContext, seen: SeenAccount, planned: PlannedChange): void {
  if (!planned.fields.includes('roles') || principal.kind !== 'person' || principal.id !== seen.id) return;
  throw new Problem('forbidden', { detail: 'Nobody changes their own roles: another administrator must.' });
}

/**
 * Who gets in as somebody has every scope at the portal: an application must not get past its own that way. Nor into
 * an institution where the caller is no administrator.
 */
function checkLending({ principal }: CommandContext, elsewhere: readonly string[]): void {
  const missing = scopes.filter((scope) => !principal.scopes.has(scope));
  if (missing.length > 0) {
    throw new Problem('forbidden', {
      detail: 'Who signs in at the portal has scopes that your own access token lacks; attributes.scopes lists them.',
      attributes: { scopes: missing },
    });
  }
  if (elsewhere.length === 0) return;
  throw new Problem('forbidden', {
    detail: 'The person also acts for institutions in which you are no administrator: the operator must do this.',
  });
}

/**
 * Where else the person acts and the caller is no administrator. Whoever can sign in as somebody can do what they can:
 * the administrator of one institution must not get into another that way.
 */
async function listElsewhere(
  deps: Pick<UserAccountDeps, 'database'>,
  { principal, actor }: CommandContext,
  personId: string,
): Promise<readonly string[]> {
  if (actor?.kind === 'operator') return [];
  const target = await findPersonBy(deps, { id: personId });
  const caller = principal.kind === 'person' ? await findPersonBy(deps, { id: principal.id }) : undefined;
  const reached = await deps.database.inAuthentication((tx) =>
    listApplicationInstitutions(tx, principal.applicationId),
  );
  const administered = (caller?.person.grants ?? [])
    .filter(({ roles }) => roles.includes('administrator'))
    .map(({ institutionId }) => institutionId)
    // The portal is in no table: it acts wherever the person may.
    .filter((institutionId) => reached.length === 0 || reached.some(({ id }) => id === institutionId));
  const within = new Set([principal.institutionId, ...administered]);
  return (target?.person.grants ?? []).map(({ institutionId }) => institutionId).filter((id) => !within.has(id));
}

export function notManaged(): never {
  throw new Problem('forbidden', {
    detail: 'Another institution manages this account. You can change or withdraw its roles for yours.',
  });
}
