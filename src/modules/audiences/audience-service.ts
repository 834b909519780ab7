import { databaseErrorFacts } from '../../db/error-facts.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { type ConditionalRequest, checkIfMatch } from '../../http/entity-tag.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import type { Audit } from '../audit/index.ts';
import { type CommandContext, type CommandReply, type CommandResult, runCommand } from '../commands/index.ts';
import { accessOf, deniedResult, includesAccess, viewerOf } from './audience-access.ts';
import { type AudienceFilter, type AudiencePage, listAudiences } from './audience-list-store.ts';
import { checkAudienceName, nameKey } from './audience-name.ts';
import { nameTaken } from './audience-publish.ts';
import type { AudiencePatch } from './audience-schemas.ts';
import { findShare } from './audience-share-store.ts';
import { type AudienceRow, deleteAudience, findAudience, lockAudience, updateAudience } from './audience-store.ts';
import { deleteVersions } from './audience-version-store.ts';
import { audienceBody, audienceTag } from './audience-view.ts';

export interface AudienceDeps {
  readonly database: Database;
  readonly clock: Clock;
  readonly audit: Audit;
}

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

/** @throws Problem `notFound`, also for an audience of another institution, and for one that is not shared */
export async function getAudience(
  deps: Pick<AudienceDeps, 'database'>,
  principal: Principal,
  id: string,
): Promise<AudienceRow> {
  return await deps.database.inInstitution(principal.institutionId, async (tx) => {
    return (await findAudience(tx, viewerOf(principal), id)) ?? noAudience();
  });
}

/**
 * Changes name and description (RFC 7396). A patch that changes nothing leaves the entity tag as it is.
 *
 * @throws Problem `notFound`, `forbidden`, `preconditionRequired`, `preconditionFailed`, `badRequest`, `audienceNameTaken`;
 *   `unprocessableEntity` for `name: null`
 */
export async function patchAudience(
  deps: AudienceDeps,
  context: CommandContext,
  target: AudienceTarget,
  patch: AudiencePatch,
): Promise<CommandReply> {
  const { name, description } = patch;
  if (name === null) {
    throw new Problem('unprocessableEntity', { detail: 'An audience must have a name: name cannot be null.' });
  }
  if (name !== undefined) checkAudienceName(name);
  return await runChange(deps, context, target, { access: 'edit', ifMatch: 'required' }, async (tx, audience) => {
    const change = {
      ...(name === undefined || name === audience.name ? {} : { name, name_key: nameKey(name) }),
      ...(description === undefined || description === audience.description ? {} : { description }),
    };
    return await changed(deps, tx, audience, change);
  });
}

/**
 * Deletes an audience with its versions and shares; the ledgers of its imports and the audit trail stay.
 *
 * @throws Problem `notFound`, `preconditionRequired`, `preconditionFailed`; `forbidden` for whoever only edits it
 */
export async function removeAudience(
  deps: AudienceDeps,
  context: CommandContext,
  target: AudienceTarget,
): Promise<CommandReply> {
  return await runChange(deps, context, target, { access: 'manage', ifMatch: 'required' }, async (tx, audience) => {
    await deleteVersions(tx, audience.id);
    await deleteAudience(tx, audience.id);
    const { version, customer_count: customerCount } = audience;
    return { reply: { status: 204 }, audit: { resource: audience.id, detail: { version, customerCount } } };
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
  return await runChange(deps, context, target, { access: 'edit', ifMatch: 'optional' }, async (tx, audience) => {
    return await changed(deps, tx, audience, audience.state === state ? {} : { state });
  });
}

/** Locks the audience that the caller sees, and changes it if they may. */
async function runChange(
  deps: AudienceDeps,
  context: CommandContext,
  target: AudienceTarget,
  needed: { access: 'edit' | 'manage'; ifMatch: 'required' | 'optional' },
  change: (tx: InstitutionTx, audience: AudienceRow) => Promise<CommandResult>,
): Promise<CommandReply> {
  const viewer = viewerOf(context.principal);
  return await runCommand(deps, context, async (tx) => {
    const audience = (await lockAudience(tx, viewer, target.id)) ?? noAudience();
    const share = await findShare(tx, audience.id, viewer.principalId);
    if (!includesAccess(accessOf(viewer, audience, share?.access), needed.access)) {
      return deniedResult(audience.id, needed.access);
    }
    checkIfMatch(target, audienceTag(audience), { optional: needed.ifMatch === 'optional' });
    return await change(tx, audience);
  });
}

async function changed(
  deps: AudienceDeps,
  tx: InstitutionTx,
  audience: AudienceRow,
  change: Partial<Pick<AudienceRow, 'name' | 'name_key' | 'description' | 'state'>>,
): Promise<CommandResult> {
  const fields = Object.keys(change).filter((field) => field !== 'name_key');
  const row =
    fields.length === 0
      ? audience
      : await updateAudience(tx, audience, { ...change, updated_at: deps.clock.now() }).catch(rethrowNameTaken);
  return {
    reply: { status: 200, headers: { ETag: audienceTag(row) }, body: audienceBody(row) },
    audit: { resource: row.id, detail: { changed: fields, version: row.version } },
  };
}

/** Only the index knows for certain: another transaction may take the name at this moment. */
function rethrowNameTaken(error: unknown): never {
  if (databaseErrorFacts(error)?.constraint === 'audience_name_key') throw nameTaken();
  throw error;
}

export function noAudience(): never {
  throw new Problem('notFound', { detail: 'There is no audience with this id.' });
}
