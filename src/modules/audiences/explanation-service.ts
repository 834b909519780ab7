import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { bitmapFrom, portableBitmapHas } from '../../lib/bitmap.ts';
import type { Clock } from '../../lib/clock.ts';
import { memberLineAt } from '../../lib/member-lines.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import type { FilterEvaluator } from '../filters/index.ts';
import { type AudienceViewer, allSeeing, viewerOf } from './audience-access.ts';
import { findCriteria } from './audience-criteria-store.ts';
import { type AudienceFilters, evaluateFilters, readFiltersFor } from './audience-filters.ts';
import { isImportSeen } from './audience-origin-store.ts';
import { cameWith, changedVersions, findVersionLines, type Origin, storedOrigins } from './audience-origins.ts';
import { readVersion } from './audience-publish.ts';
import { noAudience } from './audience-service.ts';
import { type AudienceRow, findAudience } from './audience-store.ts';
import type { CustomerAudienceExplanation } from './explanation-schemas.ts';
import { findCustomerOrdinal } from './member-store.ts';

/**
 * Why a customer is a member of an audience, or is not: the version with which they came or went, and the line of the
 * list that brought them, or what each filter says of them. Never a value.
 *
 * @throws Problem `notFound` for an audience that is not there for the caller, and for a customer who is not in the base
 */
export async function explainMembership(
  deps: { database: Database; clock: Clock; filterEvaluator: FilterEvaluator },
  principal: Principal,
  ref: { audienceId: string; customerId: string },
): Promise<CustomerAudienceExplanation> {
  const { explanation, ordinal, filters } = await explainByVersions(deps, principal, ref);
  if (filters === undefined) return explanation;
  const { institutionId } = principal;
  const answer = await evaluateFilters(deps.filterEvaluator, institutionId, filters, {
    wantsMembers: false,
    explained: ordinal,
  });
  const outcomes = (answer.truths ?? []).map((truth, index) => ({
    ordinal: filters.filters[index]?.ordinal ?? index,
    outcome: truth === 'unknown' ? ('missing' as const) : truth,
  }));
  return { ...explanation, filters: outcomes };
}

async function explainByVersions(
  deps: { database: Database; clock: Clock },
  principal: Principal,
  ref: { audienceId: string; customerId: string },
): Promise<{ explanation: CustomerAudienceExplanation; ordinal: number; filters: AudienceFilters | undefined }> {
  const viewer = viewerOf(principal);
  return await deps.database.inInstitution(
    principal.institutionId,
    async (tx) => {
      const audience = (await findAudience(tx, viewer, ref.audienceId)) ?? noAudience();
      const ordinal = (await findCustomerOrdinal(tx, ref.customerId)) ?? noCustomer();
      const present = await readVersion(tx, audience.id, audience.version);
      const member = portableBitmapHas(present.members, ordinal);
      const known = { id: ref.customerId, member, version: audience.version };
      const filters = await storedFilters(deps, tx, audience);
      if (!member) {
        return { explanation: { ...known, ...(await explainLeaving(tx, audience, ordinal)) }, ordinal, filters };
      }
      const origin = await findOrigin(tx, audience, ordinal);
      const since = { sinceVersion: origin.version, sinceAt: origin.madeAt.toISOString() };
      const explanation = { ...known, ...since, ...(await explainByList(tx, viewer, origin, ordinal)) };
      return { explanation, ordinal, filters };
    },
    // The audience, its versions and the base are of one moment.
    { isolation: 'repeatable read' },
  );
}

/** The filters of an audience that filters make, read as a refresh reads them. */
async function storedFilters(
  deps: { clock: Clock },
  tx: InstitutionTx,
  audience: AudienceRow,
): Promise<AudienceFilters | undefined> {
  const criteria = await findCriteria(tx, audience.id);
  return criteria && (await readFiltersFor(deps, tx, allSeeing, criteria.filters));
}

/** With which version they left last, as far back as versions are kept. */
async function explainLeaving(
  tx: InstitutionTx,
  audience: AudienceRow,
  ordinal: number,
): Promise<Partial<CustomerAudienceExplanation>> {
  for await (const row of changedVersions(tx, audience.id, audience.version)) {
    // With the first one nobody left.
    if (row.version === 1) break;
    const { removed } = await cameWith(tx, audience.id, row);
    if (portableBitmapHas(removed, ordinal)) {
      return { leftVersion: row.version, leftAt: row.made_at.toISOString() };
    }
  }
  return {};
}

/** How somebody came who is a member. */
async function findOrigin(tx: InstitutionTx, audience: AudienceRow, ordinal: number): Promise<Origin> {
  for await (const row of changedVersions(tx, audience.id, audience.version)) {
    // By a copy: list by list in the other table.
    if (row.cause === 'copy') break;
    const { members } = await cameWith(tx, audience.id, row);
    if (!portableBitmapHas(members, ordinal)) continue;
    const { version, cause, import_id: importId, made_at: madeAt } = row;
    const findLines = () => findVersionLines(tx, audience.id, { version, cause, members });
    return { version, madeAt, importId, members, findLines };
  }
  for await (const origin of storedOrigins(tx, audience.id)) {
    if (portableBitmapHas(origin.members, ordinal)) return origin;
  }
  throw new Error('an audience has a member whom no version brought');
}

/** The line is told to whoever sees the audience; which import it is of, only to whoever sees that one. */
async function explainByList(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  origin: Origin,
  ordinal: number,
): Promise<Partial<CustomerAudienceExplanation>> {
  if (origin.importId === null) return {};
  const found = await origin.findLines(tx);
  const isSeen = await isImportSeen(tx, viewer, origin.importId);
  return {
    ...(isSeen ? { import: origin.importId } : {}),
    ...(found === undefined ? {} : { recordNumber: await lineOf(found, ordinal) }),
  };
}

async function lineOf(found: { lined: Uint8Array; lines: Uint8Array }, ordinal: number): Promise<number> {
  using lined = bitmapFrom(found.lined);
  return await memberLineAt(found.lines, { memberCount: lined.size, rank: lined.rank(ordinal) - 1 });
}

function noCustomer(): never {
  throw new Problem('notFound', { detail: 'There is no customer with this id.' });
}
