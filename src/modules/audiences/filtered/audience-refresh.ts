import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { InstitutionTx } from '../../../db/transaction.ts';
import { Problem } from '../../../lib/problem.ts';
import { createRounds, type Rounds } from '../../../lib/rounds.ts';
import { type CommandContext, type CommandReply, type CommandResult, operatorContext } from '../../commands/index.ts';
import { settleDependents, settleRefreshed } from '../approval/approval.ts';
import { type AudienceViewer, allSeeing, viewerOf } from '../audience-access.ts';
import { readAudienceBody } from '../audience-body.ts';
import { changeAudience, noAudience } from '../audience-service.ts';
import { type AudienceRow, findAudience, lockAudience, updateAudience } from '../audience-store.ts';
import { audienceTag } from '../audience-view.ts';
import { type AudienceCriteriaRow, findCriteria, listStaleAudiences, noteRefresh } from './audience-criteria-store.ts';
import { type AudienceFilters, readFiltersFor } from './audience-filters.ts';
import {
  type FilteredAudienceDeps,
  publishSelected,
  requireSameFacts,
  type SelectedMembers,
  withSelected,
} from './filtered-audience-service.ts';

/** How soon after a load its audiences follow, at most; a round in which nothing is due is one small statement. */
const everyMs = 15_000;
const audiencesPerRound = 1_000;
/** What failed is not tried again at once: most often somebody must change it first. */
const retryAfterMs = 60 * 60_000;

/**
 * Finds the members of a filtered audience again; the members that it has already make no version.
 *
 * @throws Problem `notFound`, `forbidden` for whoever only views it, `audienceNotEditable`, `conflict` for an archived one,
 *   `invalidFilters` when a type that they ask about is no longer there
 */
export async function refreshAudience(
  deps: FilteredAudienceDeps,
  context: CommandContext,
  audienceId: string,
): Promise<CommandReply> {
  const { principal } = context;
  const read = (tx: InstitutionTx) => readStoredFilters(deps, tx, audienceId, viewerOf(principal));
  return await withSelected(deps, principal.institutionId, read, (selected) => {
    const first = (tx: InstitutionTx) => requireSameFacts(tx, selected);
    const target = { id: audienceId, headers: {} };
    return changeAudience(deps, context, target, { access: 'edit', ifMatch: 'optional', first }, (tx, audience) =>
      publishRefreshed(deps, tx, { audience, selected, by: principal.id }),
    );
  });
}

async function publishRefreshed(
  deps: Pick<FilteredAudienceDeps, 'clock'>,
  tx: InstitutionTx,
  { audience, selected, by }: { audience: AudienceRow; selected: SelectedMembers; by: string },
): Promise<CommandResult> {
  await requireActiveCriteria(tx, audience);
  const at = deps.clock.now();
  const published = await publishSelected(tx, audience, selected, { cause: 'refresh', at, by });
  const { addedCount, removedCount } = published;
  await noteRefresh(tx, audience.id, { refreshedAt: at, factsVersion: selected.answer.factsVersion });
  // Its body says when it was refreshed, so its entity tag is another.
  // An attribute that they ask about may have become a restricted type since.
  const restrictedTypes = [...selected.filters.restrictedTypes];
  const isRestrictedOtherwise = !isDeepStrictEqual(restrictedTypes, audience.restricted_types);
  const refreshed = await updateAudience(tx, published.audience, { restricted_types: restrictedTypes });
  const row = await settleRefreshed(tx, refreshed, { at, by, isChanged: false });
  if (isRestrictedOtherwise) await settleDependents(tx, row.id, { at, by, isChanged: false });
  const { version: audienceVersion, customer_count: customerCount } = row;
  const body = await readAudienceBody(tx, row);
  return {
    reply: { status: 200, headers: { ETag: audienceTag(row) }, body },
    audit: { resource: row.id, detail: { audienceVersion, customerCount, addedCount, removedCount } },
  };
}

async function readStoredFilters(
  deps: FilteredAudienceDeps,
  tx: InstitutionTx,
  audienceId: string,
  viewer: AudienceViewer,
): Promise<AudienceFilters> {
  const audience = (await findAudience(tx, viewer, audienceId)) ?? noAudience();
  const { filters } = await requireCriteria(tx, audience);
  return await readFiltersFor(deps, tx, allSeeing, filters);
}

/** @throws Problem `audienceNotEditable` for an audience that no filters make */
async function requireCriteria(tx: InstitutionTx, audience: AudienceRow): Promise<AudienceCriteriaRow> {
  const criteria = await findCriteria(tx, audience.id);
  if (criteria !== undefined) return criteria;
  throw new Problem('audienceNotEditable', {
    detail: 'The members of this audience come from a list, not from filters.',
  });
}

/** The same of one whose filters may be asked or changed. @throws also Problem `conflict` for an archived one */
export async function requireActiveCriteria(tx: InstitutionTx, audience: AudienceRow): Promise<AudienceCriteriaRow> {
  const criteria = await requireCriteria(tx, audience);
  if (audience.state === 'active') return criteria;
  throw new Problem('conflict', { detail: 'The audience is archived. Activate it first.' });
}

async function noteFailure(
  deps: Pick<FilteredAudienceDeps, 'clock'>,
  tx: InstitutionTx,
  audienceId: string,
  failure: string,
): Promise<void> {
  const audience = await lockAudience(tx, allSeeing, audienceId);
  if (audience === undefined) return;
  await noteRefresh(tx, audienceId, { failedAt: deps.clock.now(), failure });
  await updateAudience(tx, audience, {});
}

/** Finds the members of audiences again that follow the base: after a load, and once a day (UTC). */
export function createAudienceUpkeep(
  deps: FilteredAudienceDeps & { logger: Logger },
): Rounds & { run(): Promise<void> } {
  const run = async () => {
    const now = deps.clock.now();
    const due = {
      dayBegan: new Date(Math.floor(now.getTime() / 86_400_000) * 86_400_000),
      failedBefore: new Date(now.getTime() - retryAfterMs),
      limit: audiencesPerRound,
    };
    const stale = await deps.database.asOperator((tx) => listStaleAudiences(tx, due));
    for (const { institution_id: institutionId, audience_id: audienceId } of stale) {
      const context = operatorContext(institutionId, 'refreshCustomerAudience');
      await refreshAudience(deps, context, audienceId).catch(async (error: unknown) => {
        const failure = error instanceof Problem ? error.type : 'internalServerError';
        deps.logger.warn(
          { institution: institutionId, audience: audienceId, failure },
          'an audience was not refreshed',
        );
        await deps.database.inInstitution(institutionId, (tx) => noteFailure(deps, tx, audienceId, failure));
      });
    }
  };
  const onFailure = (error: unknown) =>
    deps.logger.error({ error: error instanceof Error ? error.name : 'unknown error' }, 'upkeep of audiences failed');
  return { ...createRounds({ everyMs, run, onFailure }), run };
}
