import type { InstitutionTx } from '../../db/transaction.ts';
import { checkIfMatch } from '../../http/entity-tag.ts';
import { bitmapBytes, bitmapFrom } from '../../lib/bitmap.ts';
import { randomId } from '../../lib/id.ts';
import { Problem } from '../../lib/problem.ts';
import {
  type AudienceRow,
  type AudienceViewer,
  accessDenied,
  accessOf,
  appendAudienceVersion,
  audienceBody,
  audienceTag,
  findShare,
  includesAccess,
  insertImportedAudience,
  lockAudience,
  readVersion,
} from '../audiences/index.ts';
import type { CommandResult } from '../commands/index.ts';
import type { CustomerAudienceImport } from './import-schemas.ts';
import { takenBack } from './import-store.ts';
import type { MatchedList, Published } from './matched-list.ts';

interface ChangedAudience {
  readonly audience: AudienceRow;
  readonly addedCount: number;
  readonly removedCount: number;
}

/** Makes or edits an audience by a list. */
export async function publishAudience(
  tx: InstitutionTx,
  list: MatchedList,
  mode: 'create' | 'add' | 'remove' | 'replace',
): Promise<Published> {
  const change = mode === 'create' ? await createAudience(tx, list) : await editAudience(tx, list, mode);
  const { audience, addedCount, removedCount } = change;
  return {
    resource: audience.id,
    columns: {
      audience_id: list.dryRun && mode === 'create' ? null : audience.id,
      added_count: addedCount,
      removed_count: removedCount,
    },
    audit: { audienceVersion: audience.version, addedCount, removedCount },
    reply: (ledger) => replyOf(list, change, ledger),
  };
}

function replyOf(
  list: MatchedList,
  { audience, addedCount, removedCount }: ChangedAudience,
  ledger: CustomerAudienceImport,
): CommandResult['reply'] {
  const body = { ...audienceBody(audience), import: ledger };
  if (list.request.mode !== 'create') {
    return { status: 200, headers: { ETag: audienceTag(audience) }, body: { ...body, addedCount, removedCount } };
  }
  const headers = { Location: `/service/customerAudiences/${audience.id}`, ETag: audienceTag(audience) };
  return { status: list.dryRun ? 200 : 201, headers: list.dryRun ? {} : headers, body };
}

/** The audience that a list makes. A dry run makes it too, and takes it back, so that every refusal is found. */
async function createAudience(tx: InstitutionTx, list: MatchedList): Promise<ChangedAudience> {
  const { request, match } = list;
  const insert = async () =>
    await insertImportedAudience(tx, {
      id: randomId(),
      name: request.name,
      description: request.description,
      purpose: request.purpose ?? undefined,
      identifierType: request.identifierType,
      fileName: request.fileName,
      importId: list.importId,
      members: match.resolution.members,
      memberLines: await list.session.memberLines(match.resolution.members),
      customerCount: match.resolution.customerCount,
      customerVersion: match.customerVersion,
      at: list.at,
      by: list.viewer.principalId,
    });
  const audience = list.dryRun ? await takenBack(tx, insert) : await insert();
  return { audience, addedCount: match.resolution.customerCount, removedCount: 0 };
}

/** Adds, removes or replaces members. An edit that changes nobody makes no version. */
async function editAudience(
  tx: InstitutionTx,
  list: MatchedList,
  mode: 'add' | 'remove' | 'replace',
): Promise<ChangedAudience> {
  const audience = await editableAudience(tx, list);
  const version = await readVersion(tx, audience.id, audience.version);
  using present = bitmapFrom(version.members);
  using listed = bitmapFrom(list.match.resolution.members);
  using next = present.clone();
  if (mode === 'add') next.orInPlace(listed);
  if (mode === 'remove') next.andNotInPlace(listed);
  if (mode === 'replace') {
    next.clear();
    next.orInPlace(listed);
  }
  using added = next.clone();
  added.andNotInPlace(present);
  const addedCount = added.size;
  const removedCount = present.size + addedCount - next.size;
  if (addedCount + removedCount === 0 || list.dryRun) {
    return { audience: list.dryRun ? { ...audience, customer_count: next.size } : audience, addedCount, removedCount };
  }
  // Lines stand beside the members that this list brought: all of a replace, the added ones of an add.
  const lined = mode === 'replace' ? next : added;
  const changed = await appendAudienceVersion(tx, audience, {
    members: bitmapBytes(next),
    memberLines: mode === 'remove' ? null : await list.session.memberLines(bitmapBytes(lined)),
    cause: mode,
    importId: list.importId,
    addedCount,
    removedCount,
    customerCount: next.size,
    customerVersion: list.match.customerVersion,
    at: list.at,
    by: list.viewer.principalId,
  });
  return { audience: changed, addedCount, removedCount };
}

/**
 * Locks the audience to edit.
 *
 * @throws Problem `notFound`, `forbidden` (shared to view only), `audienceNotEditable` (made by criteria), `conflict`
 *   (archived), `preconditionFailed`
 */
async function editableAudience(tx: InstitutionTx, { request, viewer }: MatchedList): Promise<AudienceRow> {
  const audience = request.audienceId === undefined ? undefined : await lockAudience(tx, viewer, request.audienceId);
  return await requireEditable(tx, viewer, audience, request.ifMatch);
}

/** @param audience as it was found for the viewer @throws as an edit by a list does */
export async function requireEditable(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  audience: AudienceRow | undefined,
  ifMatch: string | null,
): Promise<AudienceRow> {
  if (audience === undefined) throw new Problem('notFound', { detail: 'There is no audience with this id.' });
  const share = await findShare(tx, audience.id, viewer.principalId);
  if (!includesAccess(accessOf(viewer, audience, share?.access), 'edit')) throw accessDenied('edit');
  checkEditable(audience, ifMatch);
  return audience;
}

function checkEditable(audience: AudienceRow, ifMatch: string | null): void {
  if (audience.kind !== 'imported') {
    throw new Problem('audienceNotEditable', {
      detail: 'The members of this audience come from its filters. Change the filters, or make a copy.',
    });
  }
  if (audience.state === 'archived') {
    throw new Problem('conflict', { detail: 'The audience is archived. Activate it before you edit its members.' });
  }
  if (ifMatch !== null) checkIfMatch({ headers: { 'if-match': ifMatch } }, audienceTag(audience));
}
