import { isDeepStrictEqual } from 'node:util';
import type { InstitutionTx } from '../../../db/transaction.ts';
import { Problem } from '../../../lib/problem.ts';
import type { CommandContext, CommandReply, CommandResult } from '../../commands/index.ts';
import { settleDependents } from '../approval/approval.ts';
import { viewerOf } from '../audience-access.ts';
import { readAudienceBody } from '../audience-body.ts';
import type { AudiencePatch } from '../audience-schemas.ts';
import {
  type AudienceChange,
  type AudienceTarget,
  changeAudience,
  checkNamePatch,
  columnsOfPatch,
  noAudience,
  rethrowNameTaken,
  settlePatch,
} from '../audience-service.ts';
import { type AudienceRow, findAudience, updateAudience } from '../audience-store.ts';
import { audienceTag } from '../audience-view.ts';
import { refersTo, saveCriteria } from './audience-criteria-store.ts';
import { type AudienceFilters, readAudienceFilters } from './audience-filters.ts';
import { requireActiveCriteria } from './audience-refresh.ts';
import {
  type FilteredAudienceDeps,
  holdUsedAudiences,
  publishSelected,
  requireSameFacts,
  type SelectedMembers,
  withSelected,
} from './filtered-audience-service.ts';

/**
 * Changes what a filtered audience is made from, and name and description with it (RFC 7396). Other filters find its
 * members anew: the ones that it has already make no version.
 *
 * @throws as `patchAudience` does; Problem `invalidFilters`, also for filters that ask in a circle; Problem
 *   `audienceNotEditable` for an audience that no filters make, `conflict` for an archived one
 */
export async function patchFilteredAudience(
  deps: FilteredAudienceDeps,
  context: CommandContext,
  target: AudienceTarget,
  patch: AudiencePatch,
): Promise<CommandReply> {
  if (patch.filters === null || patch.refresh === null) {
    throw new Problem('unprocessableEntity', {
      detail: 'A filtered audience has filters and refresh: neither can be null.',
    });
  }
  checkNamePatch(patch);
  const { filters } = patch;
  if (filters === undefined) {
    const by = context.principal.id;
    const keep = (tx: InstitutionTx, audience: AudienceRow) => saveChange(deps, tx, { audience, patch, by });
    return await changeAudience(deps, context, target, { access: 'edit', ifMatch: 'required' }, keep);
  }
  const { principal } = context;
  const read = async (tx: InstitutionTx) => {
    await requireActiveCriteria(tx, (await findAudience(tx, viewerOf(principal), target.id)) ?? noAudience());
    return await readAudienceFilters(deps, tx, principal, filters);
  };
  return await withSelected(deps, principal.institutionId, read, (selected) => {
    const first = (tx: InstitutionTx) => requireSameFacts(tx, selected);
    const change: AudienceChange = (tx, audience) =>
      saveChange(deps, tx, { audience, patch, selected, by: principal.id });
    return changeAudience(deps, context, target, { access: 'edit', ifMatch: 'required', first }, change);
  });
}

/** Members of members that depend on each other would change with every look at them. */
async function refuseCircle(tx: InstitutionTx, audienceId: string, filters: AudienceFilters): Promise<void> {
  if (!(await refersTo(tx, [...filters.audienceIds], audienceId))) return;
  throw new Problem('invalidFilters', {
    detail: '/filters: an audience cannot ask about itself, not even by way of others.',
    attributes: { pointer: '/filters' },
  });
}

interface CriteriaChange {
  readonly audience: AudienceRow;
  readonly patch: AudiencePatch;
  readonly selected?: SelectedMembers;
  readonly by: string;
}

async function saveChange(
  deps: FilteredAudienceDeps,
  tx: InstitutionTx,
  { audience, patch, selected, by }: CriteriaChange,
): Promise<CommandResult> {
  const at = deps.clock.now();
  const present = await requireActiveCriteria(tx, audience);
  if (selected !== undefined) {
    await holdUsedAudiences(tx, selected);
    await refuseCircle(tx, audience.id, selected.filters);
  }
  const found = selected && {
    filters: [...selected.filters.filters],
    facts_version: selected.answer.factsVersion,
    refreshed_at: at,
    failed_at: null,
    failure: null,
  };
  const criteria = { ...present, ...found, refresh: patch.refresh ?? present.refresh };
  const used = selected?.filters.audienceIds;
  await saveCriteria(tx, criteria, used === undefined ? undefined : [...used]);
  const members = selected && (await publishSelected(tx, audience, selected, { cause: 'filters', at, by }));
  const restricted = selected && { restricted_types: [...selected.filters.restrictedTypes] };
  const change = { ...columnsOfPatch(audience, patch), ...restricted, updated_at: at };
  const changed = await updateAudience(tx, members?.audience ?? audience, change).catch(rethrowNameTaken);
  const hasOtherFilters = selected !== undefined && !isDeepStrictEqual(criteria.filters, present.filters);
  const row = await settlePatch(tx, changed, { audience, patch, by, at, hasOtherFilters });
  const nowPending = hasOtherFilters ? await settleDependents(tx, row.id, { at, by, isChanged: false }) : [];
  const { addedCount = 0, removedCount = 0 } = members ?? {};
  const detail = { changed: Object.keys(patch), audienceVersion: row.version, addedCount, removedCount };
  return {
    reply: { status: 200, headers: { ETag: audienceTag(row) }, body: await readAudienceBody(tx, row) },
    audit: { resource: row.id, detail: nowPending.length === 0 ? detail : { ...detail, nowPending } },
  };
}
