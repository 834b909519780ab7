import { LRUCache } from 'lru-cache';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { countCustomers, countCustomersByType, findCustomerVersion } from './identifier-store.ts';
import { describeIdentifierTypes, type IdentifierTypeFacts } from './identifier-type-facts.ts';
import { identifierTypeCode, isBlind } from './identifier-types.ts';

const cachedInstitutionsMax = 500;

export type CountedIdentifierType = IdentifierTypeFacts & { readonly customerCount: number };

interface Counts {
  readonly customerVersion: number;
  readonly types: Promise<readonly CountedIdentifierType[]>;
}

/**
 * The types with the number of customers that have one. Counting reads the whole index (about 5 s for 2 M customers of
 * three identifiers on PostgreSQL), and the answer changes only with the customer base: it is kept by customer version,
 * and requests that come while it is counted wait for the same count.
 */
export function createIdentifierTypeQuery(deps: { database: Database }) {
  const { database } = deps;
  const cache = new LRUCache<string, Counts>({ max: cachedInstitutionsMax });
  return async (institutionId: string): Promise<readonly CountedIdentifierType[]> => {
    const customerVersion = await database.inInstitution(institutionId, findCustomerVersion);
    const cached = cache.get(institutionId);
    if (cached?.customerVersion === customerVersion) return await cached.types;
    const types = database.inInstitution(institutionId, countedTypes, { isolation: 'repeatable read' });
    const counts = { customerVersion, types };
    cache.set(institutionId, counts);
    try {
      return await types;
    } catch (error) {
      if (cache.peek(institutionId) === counts) cache.delete(institutionId);
      throw error;
    }
  };
}

/** In one snapshot, so that the counts of the types belong together. */
async function countedTypes(tx: InstitutionTx): Promise<CountedIdentifierType[]> {
  const blind = await countCustomersByType(tx);
  const all = await countCustomers(tx);
  return describeIdentifierTypes().map((facts) => ({
    ...facts,
    customerCount: isBlind(facts.name) ? (blind.get(identifierTypeCode(facts.name)) ?? 0) : all,
  }));
}
