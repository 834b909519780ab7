import type { Database, InstitutionTx } from '../../../db/transaction.ts';
import { bitmapFrom, portableBitmapHas } from '../../../lib/bitmap.ts';
import type { Clock } from '../../../lib/clock.ts';
import { memberLineAt } from '../../../lib/member-lines.ts';
import { Problem } from '../../../lib/problem.ts';
import type { Principal } from '../../access/index.ts';
import { dayOf, type FilterEvaluator, valueClassOf } from '../../filters/index.ts';
import { type AudienceViewer, allSeeing, viewerOf } from '../audience-access.ts';
import { readVersion } from '../audience-publish.ts';
import { noAudience } from '../audience-service.ts';
import { type AudienceRow, findAudience } from '../audience-store.ts';
import { findCriteria } from '../filtered/audience-criteria-store.ts';
import { type AudienceFilters, readFiltersFor, readUsedMembers } from '../filtered/audience-filters.ts';
import { findCustomerOrdinal } from '../members/member-store.ts';
import { isImportSeen } from '../versions/audience-origin-store.ts';
import {
  cameWith,
  changedVersions,
  findVersionLines,
  type Origin,
  storedOrigins,
} from '../versions/audience-origins.ts';
import type { CustomerAudienceExplanation } from './explanation-schemas.ts';

/**
 * Why a customer is a member of an audience, or is not: the version with which they came or went, and the line of the
 * list that brought them, or what each filter says of them. Never a value; of those that filters look at, a class.
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
  const outcomes = await explainFilters(deps, { institutionId: principal.institutionId, ordinal }, filters);
  return { ...explanation, filters: outcomes };
}

/** What each filter and each leaf in it says of a customer now, and the class of the value that decides it. */
async function explainFilters(
  { filterEvaluator, clock }: { clock: Clock; filterEvaluator: FilterEvaluator },
  customer: { institutionId: string; ordinal: number },
  { filters, clauses, leaves, audiences }: AudienceFilters,
): Promise<NonNullable<CustomerAudienceExplanation['filters']>> {
  const today = dayOf(clock.now());
  const asked = [...clauses, ...leaves.map(({ clause }) => clause)];
  const { institutionId, ordinal } = customer;
  const question = { clauses: asked, audiences, ordinal, readMembers: readUsedMembers };
  const explained = await filterEvaluator.explain(institutionId, question);
  const leafBodies = leaves.map(({ pointer, index, type }, leaf) => {
    const { truth, value } = explained[clauses.length + leaf] ?? unexplained();
    const valueClass = value === undefined ? {} : { valueClass: valueClassOf(type, value, { today }) };
    return {
      index,
      body: { pointer, filterType: { id: type.id, name: type.name }, outcome: outcomeOf(truth), ...valueClass },
    };
  });
  return filters.map((filter, index) => ({
    ordinal: filter.ordinal ?? index,
    outcome: outcomeOf((explained[index] ?? unexplained()).truth),
    leaves: leafBodies.filter((leaf) => leaf.index === index).map(({ body }) => body),
  }));
}

function outcomeOf(truth: 'true' | 'false' | 'unknown'): 'true' | 'false' | 'missing' {
  return truth === 'unknown' ? 'missing' : truth;
}

function unexplained(): never {
  throw new Error('a clause was not explained');
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
