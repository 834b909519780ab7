import { databaseErrorFacts } from '../../db/error-facts.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { type ConditionalRequest, checkIfMatch } from '../../http/entity-tag.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import { type CommandContext, type CommandReply, type CommandResult, runCommand } from '../commands/index.ts';
import { settleApproval, withholdEarlierVersions } from './approval/approval.ts';
import {
  type AudienceAccess,
  type AudienceViewer,
  accessOf,
  deniedResult,
  includesAccess,
  viewerOf,
} from './audience-access.ts';
import { readAudienceBody } from './audience-body.ts';
import { type AudienceFilter, type AudiencePage, listAudiences } from './audience-list-store.ts';
import { checkAudienceName, nameKey } from './audience-name.ts';
import { nameTaken } from './audience-publish.ts';
import type { AudiencePatch, CustomerAudience } from './audience-schemas.ts';
import { type AudienceRow, deleteAudience, findAudience, lockAudience, updateAudience } from './audience-store.ts';
import { audienceTag } from './audience-view.ts';
import { deleteCriteria, findUsers } from './filtered/audience-criteria-store.ts';
import { listFollowers } from './held-back/held-back-store.ts';
import { findShare } from './sharing/audience-share-store.ts';
import { deleteVersions } from './versions/audience-version-store.ts';

export interface AudienceDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: Audit;
}

/** Of the audiences and suppressions that stand in the way of a deletion so many are named. */
const namedUsersMax = 20;

/** The audience to change, and the request's `If-Match`. */
export interface AudienceTarget extends ConditionalRequest {
  readonly id: string;
}

/** A page of the audiences that the caller may see; `last` is the row it ended with unless it was the last page. */
export async function getAudiences(
  deps: Pick<AudienceDeps, 'database'>,
  principal: Principal,
  filter: AudienceFilter,
  page: AudiencePage,
): Promise<{ rows: AudienceRow[]; count: number; last: AudienceRow | undefined }> {
  const { rows, count } = await deps.database.inInstitution(
    principal.institutionId,
    // One more than asked for tells whether there is another page.
    (tx) => listAudiences(tx, viewerOf(principal), filter, { ...page, limit: page.limit + 1 }),
    // The count and the rows are of one moment.
    { isolation: 'repeatable read' },
  );
  const shown = rows.slice(0, page.limit);
  return { rows: shown, count, last: rows.length > page.limit ? shown.at(-1) : undefined };
}

/**
 * An audience as the contract shows it, and its row.
 *
 * @throws Problem `notFound`, also for an audience of another institution, and for one that is not shared
 */
export async function getAudience(
  deps: Pick<AudienceDeps, 'database'>,
  principal: Principal,
  id: string,
): Promise<{ audience: AudienceRow; body: CustomerAudience }> {
  return await deps.database.inInstitution(principal.institutionId, async (tx) => {
    const audience = (await findAudience(tx, viewerOf(principal), id)) ?? noAudience();
    return { audience, body: await readAudienceBody(tx, audience) };
  });
}

/**
 * Changes name, description, purpose and justification (RFC 7396). A patch that changes nothing leaves the entity tag as it is.
 *
 * @throws Problem `notFound`, `forbidden`, `preconditionRequired`, `preconditionFailed`, `badRequest`, `audienceNameTaken`;
 *   `unprocessableEntity` for `name: null`, and for another purpose of an audience for credit; `justificationNeeded`
 */
export async function patchAudience(
  deps: AudienceDeps,
  context: CommandContext,
  target: AudienceTarget,
  patch: AudiencePatch,
): Promise<CommandReply> {
  checkNamePatch(patch);
  return await changeAudience(deps, context, target, { access: 'edit', ifMatch: 'required' }, async (tx, audience) => {
    const by = context.principal.id;
    const columns = columnsOfPatch(audience, patch);
    const row = await settlePatch(tx, await saved(deps, tx, audience, columns), {
      audience,
      patch,
      by,
      at: deps.clock.now(),
    });
    return await changedResult(tx, row, columns);
  });
}

/** @throws Problem `badRequest`; `unprocessableEntity` for `name: null` */
export function checkNamePatch({ name }: AudiencePatch): void {
  if (name === null) {
    throw new Problem('unprocessableEntity', { detail: 'An audience must have a name: name cannot be null.' });
  }
  if (name !== undefined) checkAudienceName(name);
}

type PatchColumns = Partial<Pick<AudienceRow, 'name' | 'name_key' | 'description' | 'purpose' | 'state'>>;

/**
 * What a checked patch changes of the row.
 *
 * @throws Problem `unprocessableEntity` for another purpose of an audience for credit
 */
export function columnsOfPatch(audience: AudienceRow, { name, description, purpose }: AudiencePatch): PatchColumns {
  if (audience.purpose === 'credit' && purpose !== undefined && purpose !== 'credit') {
    throw new Problem('unprocessableEntity', {
      detail: 'An audience for credit stays one. Make another audience for another purpose.',
    });
  }
  return {
    ...(purpose === undefined || purpose === audience.purpose ? {} : { purpose }),
    ...(typeof name !== 'string' || name === audience.name ? {} : { name, name_key: nameKey(name) }),
    ...(description === undefined || description === audience.description ? {} : { description }),
  };
}

/** Sees to the approval after a patch. @param row the audience as it is now @param patched.audience as it was before */
export async function settlePatch(
  tx: InstitutionTx,
  row: AudienceRow,
  patched: { audience: AudienceRow; patch: AudiencePatch; by: string; at: Date; hasOtherFilters?: boolean },
): Promise<AudienceRow> {
  const { audience, patch, by, at } = patched;
  const isOtherPurpose = row.purpose !== audience.purpose;
  const told = isOtherPurpose ? await withholdEarlierVersions(tx, row) : row;
  const isChanged = isOtherPurpose || patched.hasOtherFilters === true;
  return await settleApproval(tx, told, { at, by, justification: patch.justification, isChanged });
}

/**
 * Deletes an audience with its versions and shares; the ledgers of its imports and the audit trail stay.
 *
 * @throws Problem `notFound`, `preconditionRequired`, `preconditionFailed`; `forbidden` for whoever only edits it;
 *   `audienceInUse` while filters ask about it or suppressions follow it
 */
export async function removeAudience(
  deps: AudienceDeps,
  context: CommandContext,
  target: AudienceTarget,
): Promise<CommandReply> {
  return await changeAudience(
    deps,
    context,
    target,
    { access: 'manage', ifMatch: 'required' },
    async (tx, audience) => {
      await refuseWhenUsed(tx, viewerOf(context.principal), audience.id);
      await deleteCriteria(tx, audience.id);
      await deleteVersions(tx, audience.id);
      await deleteAudience(tx, audience.id);
      const { version, customer_count: customerCount } = audience;
      return { reply: { status: 204 }, audit: { resource: audience.id, detail: { version, customerCount } } };
    },
  );
}

/**
 * Filters that ask about nothing would find nobody, or everybody; a suppression would hold back nobody, unseen.
 *
 * @throws Problem `audienceInUse`
 */
async function refuseWhenUsed(tx: InstitutionTx, viewer: AudienceViewer, audienceId: string): Promise<void> {
  const suppressions = await listFollowers(tx, audienceId, namedUsersMax);
  if (suppressions.length > 0) {
    throw new Problem('audienceInUse', {
      detail: 'Suppressions hold back the members of this audience. An administrator has to delete them first.',
      attributes: { suppressions },
    });
  }
  const { count, visible } = await findUsers(tx, viewer, audienceId, namedUsersMax);
  if (count === 0) return;
  throw new Problem('audienceInUse', {
    detail: `The filters of ${count === 1 ? 'another audience ask' : `${count} other audiences ask`} about this one. Change or delete them first.`,
    attributes: { audiences: visible, count },
  });
}

/**
 * Archives or activates an audience; one that is there already stays as it is.
 *
 * @throws Problem `notFound`, `forbidden`; `audienceNameTaken` when an active audience has the name meanwhile
 */
export async function moveAudience(
  deps: AudienceDeps,
  context: CommandContext,
  target: AudienceTarget,
  state: AudienceRow['state'],
): Promise<CommandReply> {
  return await changeAudience(deps, context, target, { access: 'edit', ifMatch: 'optional' }, async (tx, audience) => {
    const columns = audience.state === state ? {} : { state };
    return await changedResult(tx, await saved(deps, tx, audience, columns), columns);
  });
}

export type AudienceChange = (tx: InstitutionTx, audience: AudienceRow) => Promise<CommandResult>;

/**
 * Locks the audience that the caller sees, and changes it if they may.
 *
 * @param needed.first what must be locked or held before the audience (lock order: institution, audience, audit head)
 */
export async function changeAudience(
  deps: AudienceDeps,
  context: CommandContext,
  target: AudienceTarget,
  needed: {
    access: AudienceAccess;
    ifMatch: 'required' | 'optional';
    first?: (tx: InstitutionTx) => Promise<void>;
  },
  change: AudienceChange,
): Promise<CommandReply> {
  const viewer = viewerOf(context.principal);
  return await runCommand(deps, context, async (tx) => {
    await needed.first?.(tx);
    const audience = (await lockAudience(tx, viewer, target.id)) ?? noAudience();
    const share = await findShare(tx, audience.id, viewer.principalId);
    const { access } = needed;
    if (access !== 'view' && !includesAccess(accessOf(viewer, audience, share?.access), access)) {
      return deniedResult(audience.id, access);
    }
    checkIfMatch(target, audienceTag(audience), { optional: needed.ifMatch === 'optional' });
    return await change(tx, audience);
  });
}

/** A change of nothing leaves the row, and its entity tag, as they are. */
async function saved(
  deps: AudienceDeps,
  tx: InstitutionTx,
  audience: AudienceRow,
  columns: PatchColumns,
): Promise<AudienceRow> {
  if (Object.keys(columns).length === 0) return audience;
  return await updateAudience(tx, audience, { ...columns, updated_at: deps.clock.now() }).catch(rethrowNameTaken);
}

async function changedResult(tx: InstitutionTx, row: AudienceRow, columns: PatchColumns): Promise<CommandResult> {
  const fields = Object.keys(columns).filter((field) => field !== 'name_key');
  return {
    reply: { status: 200, headers: { ETag: audienceTag(row) }, body: await readAudienceBody(tx, row) },
    audit: { resource: row.id, detail: { changed: fields, version: row.version } },
  };
}

/** Only the index knows for certain: another transaction may take the name at this moment. */
export function rethrowNameTaken(error: unknown): never {
  if (databaseErrorFacts(error)?.constraint === 'audience_name_key') throw nameTaken();
  throw error;
}

export function noAudience(): never {
  throw new Problem('notFound', { detail: 'There is no audience with this id.' });
}
