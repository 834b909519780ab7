import { LRUCache } from 'lru-cache';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { Problem } from '../../lib/problem.ts';
import { attributesMax, listAttributes } from '../attributes/index.ts';
import { findInstitutionSettings } from '../institutions/index.ts';
import { attributeFilterType } from './attribute-filter-type.ts';
import { absentValueOf, type ColumnName } from './engine/column-names.ts';
import { countEverybody, countValues, findFilterBase } from './filter-column-store.ts';
import { type FilterType, operatorsOf } from './filter-type.ts';
import { builtInFilterTypes } from './filter-type-catalogue.ts';
import { limitFilterTypes } from './filter-type-limits.ts';

const cachedInstitutionsMax = 500;

export type CountedFilterType = FilterType & { readonly customerCount: number };

/** The filter types that new filters may use, within the institution's limits. */
export async function listFilterTypes(tx: InstitutionTx): Promise<readonly FilterType[]> {
  const types = await listAllFilterTypes(tx);
  return limitFilterTypes(types, (await findInstitutionSettings(tx)).filterTypes);
}

/** The filter types of an institution without its limits: those that all have, and its own attributes. */
export async function listAllFilterTypes(tx: InstitutionTx): Promise<readonly FilterType[]> {
  const { rows } = await listAttributes(tx, { afterName: undefined, limit: attributesMax });
  return [...builtInFilterTypes, ...rows.map(attributeFilterType)];
}

interface Counts {
  readonly key: string;
  /** By id of the type; of hidden types too, so that limits can change without a new count. */
  readonly counts: Promise<ReadonlyMap<string, number>>;
}

/**
 * The filter types that new filters may use, with the number of customers who have a value of each. The counts change only with a load or an
 * erasure: they are kept by customer version, and requests that come while they are counted wait for the same count.
 */
export function createFilterTypeQuery(deps: { database: Database }) {
  const { database } = deps;
  const cache = new LRUCache<string, Counts>({ max: cachedInstitutionsMax });
  return async (institutionId: string): Promise<readonly CountedFilterType[]> => {
    const { base, types, settings } = await database.inInstitution(institutionId, async (tx) => ({
      base: await findFilterBase(tx),
      types: await listAllFilterTypes(tx),
      settings: await findInstitutionSettings(tx),
    }));
    const offered = limitFilterTypes(types, settings.filterTypes);
    const key = JSON.stringify([base.customerVersion, types.map(({ id }) => id)]);
    const cached = cache.get(institutionId);
    if (cached?.key === key) return withCounts(offered, await cached.counts);
    const counts = database.inInstitution(institutionId, (tx) => countTypes(tx, types), {
      isolation: 'repeatable read',
    });
    const counted = { key, counts };
    cache.set(institutionId, counted);
    try {
      return withCounts(offered, await counts);
    } catch (error) {
      if (cache.peek(institutionId) === counted) cache.delete(institutionId);
      throw error;
    }
  };
}

/** Labels and constraints may have changed since the values were counted. */
function withCounts(types: readonly FilterType[], counts: ReadonlyMap<string, number>): CountedFilterType[] {
  return types.map((type) => ({ ...type, customerCount: counts.get(type.id) ?? 0 }));
}

async function countTypes(tx: InstitutionTx, types: readonly FilterType[]): Promise<ReadonlyMap<string, number>> {
  const everybody = await countEverybody(tx);
  const isCounted = (column: ColumnName | undefined) => column !== undefined && Number.isNaN(absentValueOf(column));
  const columns = types.flatMap(({ column }) => (column !== undefined && isCounted(column) ? [column] : []));
  const counts = await countValues(tx, columns);
  // Of what is known of everybody (how many accounts, which audiences) there is nothing to count.
  return new Map(types.map(({ id, column }) => [id, (column && counts.get(column)) ?? everybody]));
}

export async function getFilterType(
  find: ReturnType<typeof createFilterTypeQuery>,
  institutionId: string,
  id: string,
): Promise<CountedFilterType> {
  const type = (await find(institutionId)).find((known) => known.id === id);
  if (type === undefined) throw new Problem('notFound', { detail: 'There is no filter type with this id.' });
  return type;
}

/** The type as the contract shows it. */
export function filterTypeBody(type: CountedFilterType) {
  const { id, name, label, description, category, dataType, customerCount, constraints, fairLending } = type;
  const { choices, ...bounds } = constraints;
  return {
    id,
    name,
    label,
    description,
    category,
    dataType,
    operators: [...operatorsOf[dataType]],
    constraints: { ...bounds, ...(choices === undefined ? {} : { choices: [...choices] }) },
    ...(fairLending === undefined ? {} : { fairLending }),
    customerCount,
  };
}
