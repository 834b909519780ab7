import { LRUCache } from 'lru-cache';

/** A key added or retired elsewhere is seen here after this long at the latest; what depends on it checks under a lock. */
const cacheTtlMs = 30_000;
const cachedInstitutionsMax = 500;

interface CachedKeys<Keys> {
  readonly reading: Promise<Keys>;
  /** Once the reading has ended. */
  keys: Keys | undefined;
}

/** Opened keys by institution. Requests that come together share one reading. */
export function createKeyCache<Keys>(read: (institutionId: string) => Promise<Keys>) {
  const cache = new LRUCache<string, CachedKeys<Keys>>({ max: cachedInstitutionsMax, ttl: cacheTtlMs });
  return {
    async get(institutionId: string): Promise<Keys> {
      const known = cache.get(institutionId);
      if (known !== undefined) return await known.reading;
      const entry: CachedKeys<Keys> = { reading: read(institutionId), keys: undefined };
      cache.set(institutionId, entry);
      try {
        entry.keys = await entry.reading;
        return entry.keys;
      } catch (error) {
        // The next request tries again; what was set meanwhile is another's.
        if (cache.peek(institutionId) === entry) cache.delete(institutionId);
        throw error;
      }
    },
    /** What is here already, without waiting. */
    settled(institutionId: string): Keys | undefined {
      return cache.get(institutionId)?.keys;
    },
    forget(institutionId: string): void {
      cache.delete(institutionId);
    },
  };
}
