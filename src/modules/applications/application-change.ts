import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { type ConditionalRequest, checkIfMatch } from '../../http/entity-tag.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { AccessVerifier } from '../access/index.ts';
import { type Audit, actorOf } from '../audit/index.ts';
import { type CommandContext, type CommandReply, recordingRefusal, runCommand } from '../commands/index.ts';
import {
  type ApplicationChange,
  type ApplicationRow,
  findApplication,
  lockApplication,
  updateApplication,
} from './application-store.ts';
import { applicationTag, type SeenApplication } from './application-view.ts';
import { deleteGrants, insertGrants, listGrants } from './grant-store.ts';
import type { CheckHandOut, PrepareHandOut } from './hand-out.ts';

export interface ApplicationDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: Audit;
  /** Told of each change after its commit. */
  readonly access: Pick<AccessVerifier, 'forget'>;
  readonly prepareHandOut: PrepareHandOut;
}

/** The application to change, and the request's `If-Match`. */
export interface ApplicationTarget extends ConditionalRequest {
  readonly id: string;
}

/** What is to become of a locked application. */
export interface PlannedChange {
  readonly change: ApplicationChange;
  /** For which institutions it may act afterwards; absent = as before. */
  readonly institutionIds?: readonly string[];
  /** What changes, by the names of the contract. Nothing = the row and its entity tag stay. */
  readonly fields: readonly string[];
  /** Whether somebody can do more afterwards: then the caller must have what they hand out. */
  readonly widens: boolean;
  /** Whether something may be done no longer: then tokens from before are refused. */
  readonly narrows: boolean;
  /** Writes to other tables, once the change is allowed. */
  apply?(tx: InstitutionTx, at: Date): Promise<void>;
  /** Names and counts for the audit trail; never a secret. */
  readonly detail?: Readonly<Record<string, unknown>>;
  reply(seen: SeenApplication): CommandReply;
}

export interface ChangeOptions {
  /** True where a request without `If-Match` may pass. */
  readonly unconditionally?: boolean;
  /** Institutions that the change wants to add. */
  readonly institutionIds?: readonly string[] | undefined;
}

/**
 * Changes an application under its lock: what is planned, the revision, the end of earlier tokens where rights shrink,
 * the grants; audited in each institution that it reaches, a refusal in the caller's, and told to who checks tokens.
 *
 * @throws Problem `notFound`; `forbidden` for an application of another home, for one's own roles, or for more
 *   than the caller may hand out (`hand-out.ts`); `preconditionRequired`, `preconditionFailed`; what `plan` throws
 */
export async function changeApplication(
  deps: ApplicationDeps,
  context: CommandContext,
  target: ApplicationTarget,
  plan: (tx: InstitutionTx, seen: SeenApplication) => Promise<PlannedChange>,
  options: ChangeOptions = {},
): Promise<CommandReply> {
  const { institutionIds } = options;
  const checkHandOut = await deps.prepareHandOut(context.principal, { applicationId: target.id, institutionIds });
  let reached: Reached = { institutionIds: [], fields: [] };
  const reply = await recordingRefusal(deps, context, target.id, () =>
    runCommand(deps, context, async (tx) => {
      const seen = await lockForChange(tx, target, options);
      const planned = await plan(tx, seen);
      checkOwnRoles(context, seen, planned);
      if (planned.widens) requireHandOut(checkHandOut, seen, planned);
      const after = await carryOut(deps, context, tx, seen, planned);
      const { fields, detail } = planned;
      reached = { institutionIds: [...seen.institutionIds, ...after.institutionIds], fields };
      return { reply: planned.reply(after), audit: { resource: target.id, detail: { changed: fields, ...detail } } };
    }),
  );
  if (!context.dryRun && reached.fields.length > 0) await announceChange(deps, context, target.id, reached);
  return reply;
}

interface Reached {
  /** Where the change has effect; one may stand twice. */
  readonly institutionIds: readonly string[];
  readonly fields: readonly string[];
}

/**
 * After the commit: the tokens of the application are looked at anew, and the other institutions for which it may act
 * have the change in their audit trail too. A transaction writes to one institution only, so each has its own.
 */
export async function announceChange(
  deps: Pick<ApplicationDeps, 'access' | 'audit' | 'clock' | 'database'>,
  context: CommandContext,
  applicationId: string,
  { institutionIds, fields }: Reached,
): Promise<void> {
  deps.access.forget(applicationId);
  const others = new Set(institutionIds);
  others.delete(context.principal.institutionId);
  for (const institutionId of others) {
    await deps.database.inInstitution(institutionId, (tx) =>
      deps.audit.append(tx, {
        at: deps.clock.now(),
        actor: context.actor ?? actorOf(context.principal),
        operation: context.operation,
        resource: applicationId,
        outcome: 'done',
        detail: { changed: fields, byInstitution: context.principal.institutionId },
      }),
    );
  }
}

/** @throws Problem `notFound`, also for an application that has nothing to do with the institution */
export async function readApplication(tx: InstitutionTx, id: string): Promise<SeenApplication> {
  const row = (await findApplication(tx, id)) ?? noApplication();
  return { row, institutionIds: await listGrants(tx, id) };
}

/**
 * Finds an application of this home, locked.
 *
 * @throws Problem `notFound`; `forbidden` for one that may act for the institution and is managed by another
 */
export async function lockForChange(
  tx: InstitutionTx,
  target: ApplicationTarget,
  options: { unconditionally?: boolean } = {},
): Promise<SeenApplication> {
  const row = (await lockApplication(tx, target.id)) ?? (await notManaged(tx, target.id));
  const seen = { row, institutionIds: await listGrants(tx, row.id) };
  checkIfMatch(target, applicationTag(seen), { optional: options.unconditionally === true });
  return seen;
}

export function noApplication(): never {
  throw new Problem('notFound', { detail: 'There is no application with this id.' });
}

export async function notManaged(tx: InstitutionTx, id: string): Promise<never> {
  if ((await findApplication(tx, id)) === undefined) noApplication();
  throw new Problem('forbidden', {
    detail: 'Another institution manages this application. You can withdraw its grant for yours.',
  });
}

/** The same rule as for people: who may change accounts and applications does not make themselves more than that. */
function checkOwnRoles({ principal }: CommandContext, { row }: SeenApplication, planned: PlannedChange): void {
  if (!planned.fields.includes('roles') || principal.id !== row.id) return;
  throw new Problem('forbidden', { detail: 'No application changes its own roles: another administrator must.' });
}

function requireHandOut(
  checkHandOut: CheckHandOut,
  { row, institutionIds }: SeenApplication,
  planned: PlannedChange,
): void {
  const problem = checkHandOut({
    scopes: planned.change.scopes ?? row.scopes,
    institutionIds: planned.institutionIds ?? institutionIds,
  });
  if (problem !== undefined) throw problem;
}

async function carryOut(
  deps: Pick<ApplicationDeps, 'clock'>,
  context: CommandContext,
  tx: InstitutionTx,
  seen: SeenApplication,
  planned: PlannedChange,
): Promise<SeenApplication> {
  if (planned.fields.length === 0) return seen;
  const at = deps.clock.now();
  const row = await updateApplication(tx, seen.row, {
    ...planned.change,
    ...(planned.narrows ? { tokens_valid_after: laterOf(at, seen.row.tokens_valid_after) } : {}),
    updated_at: at,
  });
  await changeGrants(tx, row, {
    before: seen.institutionIds,
    after: planned.institutionIds,
    at,
    by: context.principal.id,
  });
  await planned.apply?.(tx, at);
  return { row, institutionIds: await listGrants(tx, row.id) };
}

/** Clocks of two servers differ. */
function laterOf(one: Date, other: Date): Date {
  return one > other ? one : other;
}

async function changeGrants(
  tx: InstitutionTx,
  row: ApplicationRow,
  change: { before: readonly string[]; after: readonly string[] | undefined; at: Date; by: string },
): Promise<void> {
  const { before, after, at, by } = change;
  if (after === undefined) return;
  const removed = before.filter((id) => !after.includes(id));
  await deleteGrants(tx, row.id, removed);
  await insertGrants(tx, row, { institutionIds: after.filter((id) => !before.includes(id)), at, by });
}
