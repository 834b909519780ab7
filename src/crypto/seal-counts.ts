import type { Database } from '../db/transaction.ts';
import { addSeals } from './key-store.ts';

interface Count {
  readonly institutionId: string;
  readonly generation: number;
  count: number;
}

/**
 * How many envelopes each data key has sealed since the last `save`. A crash forgets the counts of a few minutes, which
 * is nothing beside 2^32.
 */
export function createSealCounts(database: Database) {
  let counts = new Map<string, Count>();
  const add = (institutionId: string, generation: number, count: number): void => {
    const name = `${institutionId} ${generation}`;
    const known = counts.get(name) ?? { institutionId, generation, count: 0 };
    counts.set(name, { ...known, count: known.count + count });
  };
  return {
    add,
    async save(): Promise<void> {
      const saved = counts;
      counts = new Map();
      for (const one of saved.values()) {
        try {
          await database.inInstitution(one.institutionId, (tx) => addSeals(tx, one.generation, one.count));
        } catch (error) {
          for (const lost of saved.values()) add(lost.institutionId, lost.generation, lost.count);
          throw error;
        } finally {
          saved.delete(`${one.institutionId} ${one.generation}`);
        }
      }
    },
  };
}
