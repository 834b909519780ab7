import type { InstitutionTx } from '../../../db/transaction.ts';
import type { Clock } from '../../../lib/clock.ts';
import { Problem } from '../../../lib/problem.ts';
import type { Principal } from '../../access/index.ts';
import {
  type CheckedFilters,
  checkFilters,
  dayOf,
  type FilterAnswer,
  type FilterBody,
  type FilterEvaluator,
  type FilterType,
  listAllFilterTypes,
  listFilterTypes,
  type MembersRef,
  requireAudiences,
} from '../../filters/index.ts';
import { type AudienceViewer, viewerOf } from '../audience-access.ts';
import { listSeenAudiences } from '../audience-store.ts';
import { findVersion } from '../versions/audience-version-store.ts';

export interface AudienceFilters extends CheckedFilters {
  /** The present versions of the audiences that they ask about. */
  readonly audiences: readonly MembersRef[];
}

/**
 * Holds new filters to the types that the institution offers, and the audiences among them to what the caller sees.
 *
 * @throws Problem `invalidFilters`
 */
export async function readAudienceFilters(
  deps: { clock: Clock },
  tx: InstitutionTx,
  principal: Principal,
  filters: readonly FilterBody[],
): Promise<AudienceFilters> {
  return await readFilters(deps, tx, filters, { viewer: viewerOf(principal), types: await listFilterTypes(tx) });
}

/**
 * The same of filters that are kept, with other eyes. What they ask was allowed when they were set: types that were
 * hidden or limited since hold for them as before.
 */
export async function readFiltersFor(
  deps: { clock: Clock },
  tx: InstitutionTx,
  viewer: AudienceViewer,
  filters: readonly FilterBody[],
): Promise<AudienceFilters> {
  return await readFilters(deps, tx, filters, { viewer, types: await listAllFilterTypes(tx) });
}

async function readFilters(
  deps: { clock: Clock },
  tx: InstitutionTx,
  filters: readonly FilterBody[],
  { viewer, types }: { viewer: AudienceViewer; types: readonly FilterType[] },
): Promise<AudienceFilters> {
  const checked = checkFilters(filters, types, { today: dayOf(deps.clock.now()) });
  const { audienceIds } = checked;
  const seen = audienceIds.size === 0 ? [] : await listSeenAudiences(tx, viewer, [...audienceIds]);
  requireAudiences(checked, new Set(seen.map(({ id }) => id)));
  return { ...checked, audiences: seen.map(({ id, version }) => ({ audienceId: id, version })) };
}

/**
 * Judges filters over the base as it is now.
 *
 * @throws Problem `invalidFilters` when an audience that they ask about has gone since they were read;
 *   `serviceUnavailable`
 */
export async function evaluateFilters(
  evaluator: FilterEvaluator,
  institutionId: string,
  { clauses, audiences }: Pick<AudienceFilters, 'clauses' | 'audiences'>,
  options: { wantsMembers: boolean },
): Promise<FilterAnswer> {
  return await evaluator.evaluate(institutionId, { clauses, audiences, ...options, readMembers: readUsedMembers });
}

/** The members of an audience that filters ask about. @throws Problem `invalidFilters` when it has gone */
export async function readUsedMembers(tx: InstitutionTx, { audienceId, version }: MembersRef): Promise<Uint8Array> {
  const found = await findVersion(tx, audienceId, version);
  if (found === undefined) throw usedAudienceDeleted();
  return found.members;
}

export function usedAudienceDeleted(): Problem {
  return new Problem('invalidFilters', {
    detail: '/filters: an audience that they ask about was deleted at this moment.',
    attributes: { pointer: '/filters' },
  });
}
