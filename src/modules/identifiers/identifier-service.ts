import { LRUCache } from 'lru-cache';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { countCustomers, countCustomersByType, findCustomerVersion } from './identifier-store.ts';
import { describeIdentifierTypes, type IdentifierTypeFacts } from './identifier-type-facts.ts';
import { identifierTypeCode, isBlind } from './identifier-types.ts';

const cachedInstitutionsMax = 500;

export type CountedIdentifierType = IdentifierTypeFacts & { readonly customerCount: number };

interface Counts {
  readonly customerVersion: number;
  readonly types: readonly CountedIdentifierType[];
}

/**
 * The types with the number of customers that have one. Counting reads the whole index (seconds at millions), and the
 * answer changes only with the customer base, so it is kept by customer version.
 */
export function createIdentifierTypeQuery(deps: { database: Database }) {
  const cache = new LRUCache<string, Counts>({ max: cachedInstitutionsMax });
  return async (institutionId: string): Promise<readonly CountedIdentifierType[]> =>
    await deps.database.inInstitution(
      institutionId,
      async (tx) => {
        const customerVersion = await findCustomerVersion(tx);
        const cached = cache.get(institutionId);
        if (cached?.customerVersion === customerVersion) return cached.types;
        const types = await countedTypes(tx);
        cache.set(institutionId, { customerVersion, types });
        return types;
      },
      // The version and what is counted under it are of one snapshot.
      { isolation: 'repeatable read' },
    );
}

async function countedTypes(tx: InstitutionTx): Promise<CountedIdentifierType[]> {
  const blind = await countCustomersByType(tx);
  const all = await countCustomers(tx);
  return describeIdentifierTypes().map((facts) => ({
    ...facts,
    customerCount: isBlind(facts.name) ? (blind.get(identifierTypeCode(facts.name)) ?? 0) : all,
  }));
}
