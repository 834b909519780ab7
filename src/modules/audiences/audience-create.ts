import { Problem } from '../../lib/problem.ts';
import { findTemplateToUse } from '../audience-templates/index.ts';
import type { CommandContext, CommandReply } from '../commands/index.ts';
import type { FilterBody } from '../filters/index.ts';
import { viewerOf } from './audience-access.ts';
import { copyAudience } from './audience-copy.ts';
import { noAudience } from './audience-service.ts';
import { type AudienceRow, findAudience } from './audience-store.ts';
import { findCriteria } from './filtered/audience-criteria-store.ts';
import {
  type AudienceRefresh,
  createFilteredAudience,
  type FilteredAudienceDeps,
} from './filtered/filtered-audience-service.ts';

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
  /** The template whose filters and refresh it gets where it has none of its own. */
  readonly templateId: string | undefined;
}

/**
 * Makes an audience from filters, from a template, or as a copy of another: one that filters make is copied with its
 * filters, unless it is frozen or a version is named; then, and where a list made the source, with its members.
 *
 * @throws Problem `badRequest` for an order that is neither, and what the two ways throw
 */
export async function createAudience(
  deps: FilteredAudienceDeps,
  context: CommandContext,
  order: NewAudienceOrder,
): Promise<CommandReply> {
  const { copyOf, templateId, refresh } = order;
  const { name, description, purpose, justification } = order;
  const made = { name, description, purpose, justification };
  if (copyOf !== undefined && templateId !== undefined)
    throw badOrder('Send either copyOf or customerAudienceTemplateId.');
  const template = templateId === undefined ? undefined : await findTemplate(deps, context, templateId);
  const filters = order.filters ?? template?.filters;
  if (copyOf === undefined) {
    if (filters === undefined || order.freeze)
      throw badOrder('Send filters, or copyOf or customerAudienceTemplateId in the query; freeze is for copies.');
    const asked = { filters, refresh: refresh ?? template?.refresh ?? 'manual', templateId };
    return await createFilteredAudience(deps, context, { ...made, ...asked });
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

async function findTemplate({ database }: FilteredAudienceDeps, { principal }: CommandContext, id: string) {
  return await database.inInstitution(principal.institutionId, (tx) => findTemplateToUse(tx, id));
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
