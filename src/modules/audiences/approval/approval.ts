import type { InstitutionTx } from '../../../db/transaction.ts';
import { Problem } from '../../../lib/problem.ts';
import { type AudienceRow, updateAudience } from '../audience-store.ts';
import {
  type ApprovalRow,
  deleteApproval,
  findApproval,
  listRestrictedVersions,
  listUsedAudiences,
  lockCreditDependents,
  saveApproval,
  shareReached,
} from './approval-store.ts';

/** What was done to an audience, as far as its approval depends on it. */
export interface ApprovalChange {
  readonly at: Date;
  /** Id of the principal: whoever writes filters or justification does not approve them. */
  readonly by: string;
  /** As it was sent with the change. */
  readonly justification?: string | undefined;
  /** Whether the filters or the purpose are others than before: what was approved is not what is there. */
  readonly isChanged: boolean;
}

/** Restricted types that members are selected by: of filters, and of all audiences that those lead to. */
export async function restrictedTypesOf(
  tx: InstitutionTx,
  filters: { restrictedTypes: readonly string[]; audienceIds: Iterable<string> },
): Promise<string[]> {
  const used = [...filters.audienceIds];
  const reached = used.length === 0 ? [] : await shareReached(tx, used);
  const names = [...filters.restrictedTypes, ...reached.flatMap((row) => row.restricted_types)];
  return [...new Set(names)].toSorted();
}

/**
 * Sees to it that an audience for credit that stands on restricted types waits for an approval, and no other does. Call
 * it after every change of filters, purpose or justification, when the members are what the filters select.
 *
 * @param audience as it is locked
 * @throws Problem `justificationNeeded` when it needs an approval and nobody has said why it stands on such types
 */
export async function settleApproval(
  tx: InstitutionTx,
  audience: AudienceRow,
  change: ApprovalChange,
): Promise<AudienceRow> {
  const approval = await nextApproval(tx, audience, change);
  if (approval !== undefined && approval.justification === null) throw justificationNeeded(approval.restricted_types);
  return await saveState(tx, audience, approval, { releasesPresent: true });
}

/** The same after a refresh, which nobody is there to justify. */
export async function settleRefreshed(
  tx: InstitutionTx,
  audience: AudienceRow,
  change: ApprovalChange,
): Promise<AudienceRow> {
  return await saveState(tx, audience, await nextApproval(tx, audience, change), { releasesPresent: true });
}

/**
 * The same of all audiences for credit that ask about one whose filters have changed: what they stand on may be more,
 * or less. Their members are those of before.
 *
 * @returns ids of those that wait for an approval now and did not before
 */
export async function settleDependents(
  tx: InstitutionTx,
  audienceId: string,
  change: ApprovalChange,
): Promise<string[]> {
  const made: string[] = [];
  for (const dependent of await lockCreditDependents(tx, audienceId)) {
    const approval = await nextApproval(tx, dependent, { at: change.at, by: change.by, isChanged: false });
    const row = await saveState(tx, dependent, approval, { releasesPresent: false });
    if (row.approval_pending && !dependent.approval_pending) made.push(row.id);
  }
  return made;
}

/** Versions that were made while another purpose stood there are not told once the audience is for credit. */
export async function withholdEarlierVersions(tx: InstitutionTx, audience: AudienceRow): Promise<AudienceRow> {
  const restricted = await listRestrictedVersions(tx, audience);
  return restricted.length === 0 ? audience : await updateAudience(tx, audience, { withheld_versions: restricted });
}

/** The approval that the audience needs now, undefined when it needs none. */
async function nextApproval(
  tx: InstitutionTx,
  audience: AudienceRow,
  { at, by, justification, isChanged }: ApprovalChange,
): Promise<ApprovalRow | undefined> {
  if (audience.purpose !== 'credit') return undefined;
  const audienceIds = await listUsedAudiences(tx, audience.id);
  const types = await restrictedTypesOf(tx, { restrictedTypes: audience.restricted_types, audienceIds });
  if (types.length === 0) return undefined;
  const present = await findApproval(tx, audience.id);
  const reason = justification ?? present?.justification ?? null;
  const isOther = isChanged || present === undefined || !types.every((name) => present.restricted_types.includes(name));
  if (!isOther && reason === present.justification) return present;
  const written = present?.approved_at === null ? present.authors : [];
  return {
    institution_id: tx.institutionId,
    audience_id: audience.id,
    restricted_types: types,
    justification: reason,
    authors: [...new Set([...written, by])],
    from_version: isOther ? audience.version : present.from_version,
    requested_at: at,
    approved_by: null,
    approved_at: null,
  };
}

async function saveState(
  tx: InstitutionTx,
  audience: AudienceRow,
  approval: ApprovalRow | undefined,
  options: { releasesPresent: boolean },
): Promise<AudienceRow> {
  if (approval === undefined) await deleteApproval(tx, audience.id);
  else await saveApproval(tx, approval);
  const isPending = approval !== undefined && approval.approved_at === null;
  const { version, withheld_versions: before } = audience;
  const others = before.filter((withheld) => withheld !== version);
  const isWithheld = isPending || (!options.releasesPresent && before.includes(version));
  const withheld = isWithheld ? [...others, version] : others;
  if (isPending === audience.approval_pending && withheld.length === before.length) return audience;
  return await updateAudience(tx, audience, { approval_pending: isPending, withheld_versions: withheld });
}

export function justificationNeeded(types: readonly string[]): Problem {
  return new Problem('justificationNeeded', {
    detail: 'Filters of an audience for credit stand on types that fair lending restricts. Say why in justification.',
    attributes: { filterTypes: [...types] },
  });
}

/** @throws Problem `approvalPending` when the members of this version are not told */
export function requireTold(
  audience: { readonly isPending: boolean; readonly withheldVersions: readonly number[] },
  version: number,
): void {
  if (!audience.isPending && !audience.withheldVersions.includes(version)) return;
  throw new Problem('approvalPending', {
    detail: audience.isPending
      ? 'The audience waits for the approval of a second person. Until then nobody is told its members.'
      : 'This version of the audience was never approved. Nobody is told its members.',
  });
}
