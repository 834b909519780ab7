import { LRUCache } from 'lru-cache';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { Problem } from '../../lib/problem.ts';
import { attributesMax, listAttributes } from '../attributes/index.ts';
import { attributeFilterType } from './attribute-filter-type.ts';
import { absentValueOf, type ColumnName } from './engine/column-names.ts';
import { countEverybody, countValues, findFilterBase } from './filter-column-store.ts';
import { type FilterType, operatorsOf } from './filter-type.ts';
import { builtInFilterTypes } from './filter-type-catalogue.ts';

const cachedInstitutionsMax = 500;

export type CountedFilterType = FilterType & { readonly customerCount: number };

/** The filter types of an institution: those that all have, and its own attributes. */
export async function listFilterTypes(tx: InstitutionTx): Promise<readonly FilterType[]> {
  const { rows } = await listAttributes(tx, { afterName: undefined, limit: attributesMax });
  return [...builtInFilterTypes, ...rows.map(attributeFilterType)];
}

interface Counts {
  readonly key: string;
  readonly types: Promise<readonly CountedFilterType[]>;
}

/**
 * The filter types with the number of customers who have a value of each. The counts change only with a load or an
 * erasure: they are kept by customer version, and requests that come while they are counted wait for the same count.
 */
export function createFilterTypeQuery(deps: { database: Database }) {
  const { database } = deps;
  const cache = new LRUCache<string, Counts>({ max: cachedInstitutionsMax });
  return async (institutionId: string): Promise<readonly CountedFilterType[]> => {
    const [base, types] = await database.inInstitution(
      institutionId,
      async (tx) => [await findFilterBase(tx), await listFilterTypes(tx)] as const,
    );
    const key = JSON.stringify([base.customerVersion, types.map(({ id }) => id)]);
    const cached = cache.get(institutionId);
    if (cached?.key === key) return withCounts(types, await cached.types);
    const counted = database.inInstitution(institutionId, (tx) => countTypes(tx, types), {
      isolation: 'repeatable read',
    });
    const counts = { key, types: counted };
    cache.set(institutionId, counts);
    try {
      return await counted;
    } catch (error) {
      if (cache.peek(institutionId) === counts) cache.delete(institutionId);
      throw error;
    }
  };
}

/** Labels and constraints may have changed since the values were counted. */
function withCounts(types: readonly FilterType[], counted: readonly CountedFilterType[]): CountedFilterType[] {
  return types.map((type, index) => ({ ...type, customerCount: counted[index]?.customerCount ?? 0 }));
}

async function countTypes(tx: InstitutionTx, types: readonly FilterType[]): Promise<CountedFilterType[]> {
  const everybody = await countEverybody(tx);
  const isCounted = (column: ColumnName | undefined) => column !== undefined && Number.isNaN(absentValueOf(column));
  const columns = types.flatMap(({ column }) => (column !== undefined && isCounted(column) ? [column] : []));
  const counts = await countValues(tx, columns);
  return types.map((type) => ({
    ...type,
    // Of what is known of everybody (how many accounts, which audiences) there is nothing to count.
    customerCount: (type.column && counts.get(type.column)) ?? everybody,
  }));
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
