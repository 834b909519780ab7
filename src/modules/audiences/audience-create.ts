import { Problem } from '../../lib/problem.ts';
import type { CommandContext, CommandReply } from '../commands/index.ts';
import type { FilterBody } from '../filters/index.ts';
import { viewerOf } from './audience-access.ts';
import { copyAudience } from './audience-copy.ts';
import { findCriteria } from './audience-criteria-store.ts';
import { noAudience } from './audience-service.ts';
import { type AudienceRow, findAudience } from './audience-store.ts';
import {
  type AudienceRefresh,
  createFilteredAudience,
  type FilteredAudienceDeps,
} from './filtered-audience-service.ts';

export interface NewAudienceOrder {
  readonly name: string;
  readonly description: string | undefined;
  readonly filters: readonly FilterBody[] | undefined;
  readonly refresh: AudienceRefresh | undefined;
  /** Of a copy: absent = the source's. */
  readonly purpose: AudienceRow['purpose'] | undefined;
  readonly justification: string | undefined;
  /** Of a copy: whether it is to be static though filters make its source. */
  readonly freeze: boolean;
  readonly copyOf: { readonly id: string; readonly version: number | undefined } | undefined;
}

/**
 * Makes an audience from filters, or as a copy of another: one that filters make is copied with its filters, unless it is
 * frozen or a version is named; then, and where a list made the source, with its members.
 *
 * @throws Problem `badRequest` for an order that is neither, and what the two ways throw
 */
export async function createAudience(
  deps: FilteredAudienceDeps,
  context: CommandContext,
  order: NewAudienceOrder,
): Promise<CommandReply> {
  const { copyOf, filters, refresh } = order;
  const { name, description, purpose, justification } = order;
  const made = { name, description, purpose, justification };
  if (copyOf === undefined) {
    if (filters === undefined || order.freeze)
      throw badOrder('Send filters, or copyOf in the query; freeze is for copies.');
    return await createFilteredAudience(deps, context, { ...made, filters, refresh: refresh ?? 'manual' });
  }
  if (filters !== undefined) throw badOrder('A copy has the filters of its source: send either filters or copyOf.');
  const isStatic = order.freeze || copyOf.version !== undefined;
  const source = isStatic ? undefined : await findSource(deps, context, copyOf.id);
  if (source !== undefined) {
    const copied = { filters: source.filters, refresh: refresh ?? source.refresh, copyOf: source.copyOf };
    return await createFilteredAudience(deps, context, { ...made, purpose: purpose ?? source.purpose, ...copied });
  }
  if (refresh !== undefined) throw badOrder('A static copy does not change by itself: it has no refresh.');
  return await copyAudience(deps, context, { sourceId: copyOf.id, version: copyOf.version, ...made });
}

/** The filters of the source; undefined of one that a list made. */
async function findSource({ database }: FilteredAudienceDeps, { principal }: CommandContext, id: string) {
  return await database.inInstitution(principal.institutionId, async (tx) => {
    const audience = (await findAudience(tx, viewerOf(principal), id)) ?? noAudience();
    const criteria = await findCriteria(tx, id);
    const copyOf = { id, version: audience.version };
    return criteria && { filters: criteria.filters, refresh: criteria.refresh, purpose: audience.purpose, copyOf };
  });
}

function badOrder(detail: string): Problem {
  return new Problem('badRequest', { detail });
}
