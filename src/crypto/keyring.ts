import { hkdfSync, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Database, InstitutionTx, OperatorTx } from '../db/transaction.ts';
import type { Clock } from '../lib/clock.ts';
import {
  createInstallationSecrets,
  type InstallationPurpose,
  type InstallationSecret,
} from './installation-secrets.ts';
import {
  type IndexKeyType,
  insertWrappedKeys,
  listMacKeys,
  listWrappedKeys,
  lockIndexKeyGenerations,
  shareActiveGenerations,
  updateIndexKeyState,
  type WrappedKeyRow,
} from './key-store.ts';
import { unwrapSecret, wrapSecret } from './wrapped-secret.ts';

const keyBytes = 32;
/** The identifier types that are blind; the two ids that rest in clear have no key (modules/identifiers). */
const blindTypes = [1, 4, 5, 6, 7] as const;
const withoutType = 0;
/** A key added or retired elsewhere is seen here after this long at the latest; matching checks under a lock anyway. */
const cacheTtlMs = 30_000;
const cachedInstitutionsMax = 500;

export interface IndexKey {
  readonly generation: number;
  readonly key: Uint8Array;
}

export type { InstallationPurpose, InstallationSecret } from './installation-secrets.ts';

export type MacPurpose = 'cursor' | 'idempotency' | 'contentFingerprint' | 'rowFingerprint' | 'departed' | 'audit';

/** The open keys of one institution: plain bytes, so that they can be posted to worker threads. */
export interface InstitutionKeys {
  readonly institutionId: string;
  /** The active index keys of an identifier type, oldest first; none for the types that are not blind. */
  indexKeys(identifierType: number): readonly IndexKey[];
  /** The data key that seals now. */
  readonly dataKey: IndexKey;
  /** The data key that opens what was sealed under a generation. @throws Error when it is unknown */
  dataKeyOf(generation: number): Uint8Array;
  /** One key a purpose, derived from the institution's MAC key (HKDF-SHA-256, RFC 5869). */
  macKey(purpose: MacPurpose): Uint8Array;
}

export interface Keyring {
  /** Makes the random keys of a new institution, wrapped by the master key, in the caller's transaction. */
  createInstitutionKeys(tx: OperatorTx, institutionId: string): Promise<void>;
  /**
   * Opens a transaction of its own unless cached: never call it inside one.
   *
   * @throws Error for an institution that has no keys
   */
  forInstitution(institutionId: string): Promise<InstitutionKeys>;
  /**
   * The keys of the transaction's institution where one is open already: cached, else read through it.
   *
   * @throws Error for an institution that has no keys
   */
  within(tx: InstitutionTx): Promise<InstitutionKeys>;
  /**
   * Secrets that belong to no institution, newest first: the first is in use, the others are on their way out. They are
   * read anew each time, in a transaction of its own: never call it inside one.
   *
   * @param make gives the first secret when there is none, default 32 random bytes; of two processes that make one at
   *   once, one wins and both get it
   */
  installationSecrets(
    purpose: InstallationPurpose,
    make?: () => Promise<Uint8Array>,
  ): Promise<readonly InstallationSecret[]>;
  /** Puts a secret into use; those before it are retired, and stay until they are removed. Never inside a transaction. */
  addInstallationSecret(purpose: InstallationPurpose, secret: Uint8Array): Promise<InstallationSecret>;
  /** Forgets a retired secret for good. @returns false for the one in use and for one that is not there */
  removeInstallationSecret(purpose: InstallationPurpose, generation: number): Promise<boolean>;
  /**
   * Adds an active index key of the next generation, in the caller's transaction; it waits for the imports that match
   * with the others. Call `forget` after the commit: from then on loads write it and imports try it.
   *
   * @returns the generation
   * @throws Error for a type that has no index key
   */
  addIndexKeyGeneration(tx: OperatorTx, type: IndexKeyType): Promise<number>;
  /** Tries the master key on each institution and on the secrets of the installation. @throws StartRefused when it does not open what is stored */
  check(): Promise<void>;
  /** Drops what is cached, e.g. after a rotation. */
  forget(institutionId: string): void;
}

export function createKeyring(deps: { database: Database; masterKey: Uint8Array; clock: Clock }): Keyring {
  const { database, masterKey, clock } = deps;
  const wrapped = (ref: KeyRef): WrappedKeyRow => ({
    ...ref,
    wrapped: wrapSecret(masterKey, { secret: randomBytes(keyBytes), context: keyContext(ref) }),
    state: 'active',
    created_at: clock.now(),
  });
  const cache = createKeyCache(async (institutionId) => {
    const rows = await database.inInstitution(institutionId, listWrappedKeys);
    return openKeys(masterKey, institutionId, rows);
  });
  const secrets = createInstallationSecrets({ database, masterKey, clock });
  return {
    async createInstitutionKeys(tx, institutionId) {
      const first = { institution_id: institutionId, generation: 1 };
      await insertWrappedKeys(tx, [
        ...blindTypes.map((type) => wrapped({ ...first, purpose: 'index', identifier_type: type })),
        wrapped({ ...first, purpose: 'data', identifier_type: withoutType }),
        wrapped({ ...first, purpose: 'mac', identifier_type: withoutType }),
      ]);
    },
    forInstitution: cache.get,
    async within(tx) {
      // Only what has been read: to wait for a reading could be to wait for the connection that this very
      // transaction holds. And what it reads is not kept: it may be of a snapshot from before a rotation.
      return cache.settled(tx.institutionId) ?? openKeys(masterKey, tx.institutionId, await listWrappedKeys(tx));
    },
    installationSecrets: secrets.list,
    addInstallationSecret: secrets.add,
    removeInstallationSecret: secrets.remove,
    async addIndexKeyGeneration(tx, type) {
      const newest = (await lockIndexKeyGenerations(tx, type)).at(-1);
      if (newest === undefined) throw new Error(`identifier type ${type.identifierType} has no index key`);
      const generation = newest.generation + 1;
      const row = { institution_id: type.institutionId, identifier_type: type.identifierType, generation };
      await insertWrappedKeys(tx, [wrapped({ ...row, purpose: 'index' })]);
      return generation;
    },
    async check() {
      for (const row of await database.asOperator(listMacKeys)) unwrapKey(masterKey, row);
      await secrets.check();
    },
    forget: cache.forget,
  };
}

interface CachedKeys {
  readonly reading: Promise<InstitutionKeys>;
  /** Once the reading has ended. */
  keys: InstitutionKeys | undefined;
}

/** Opened keys by institution. Requests that come together share one reading. */
function createKeyCache(read: (institutionId: string) => Promise<InstitutionKeys>) {
  const cache = new LRUCache<string, CachedKeys>({ max: cachedInstitutionsMax, ttl: cacheTtlMs });
  return {
    async get(institutionId: string): Promise<InstitutionKeys> {
      const known = cache.get(institutionId);
      if (known !== undefined) return await known.reading;
      const entry: CachedKeys = { reading: read(institutionId), keys: undefined };
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
    settled(institutionId: string): InstitutionKeys | undefined {
      return cache.get(institutionId)?.keys;
    },
    forget(institutionId: string): void {
      cache.delete(institutionId);
    },
  };
}

/**
 * Holds the index keys that a list was tokenised with until the transaction ends.
 *
 * @returns `changed` when they are no longer exactly the active ones: the tokens would miss customers
 */
export async function lockIndexKeys(
  tx: InstitutionTx,
  identifierType: number,
  generations: readonly number[],
): Promise<'current' | 'changed'> {
  const active = await shareActiveGenerations(tx, identifierType);
  const same = active.length === generations.length && active.every((generation) => generations.includes(generation));
  return same ? 'current' : 'changed';
}

/**
 * Retires an index key, in the caller's transaction; it waits for the imports that match with it. Call the keyring's
 * `forget` after the commit.
 *
 * @returns false without such an active key, and for the last one: without any, nothing could be matched
 */
export async function retireIndexKey(tx: OperatorTx, key: IndexKeyType & { generation: number }): Promise<boolean> {
  const active = (await lockIndexKeyGenerations(tx, key)).filter(({ state }) => state === 'active');
  if (active.length < 2 || !active.some(({ generation }) => generation === key.generation)) return false;
  await updateIndexKeyState(tx, key, 'retired');
  return true;
}

function openKeys(masterKey: Uint8Array, institutionId: string, rows: readonly WrappedKeyRow[]): InstitutionKeys {
  const indexKeys = new Map<number, IndexKey[]>();
  const dataKeys = new Map<number, Uint8Array>();
  let macKey: Uint8Array | undefined;
  for (const row of rows) {
    const key = unwrapKey(masterKey, row);
    if (row.purpose === 'data') dataKeys.set(row.generation, key);
    if (row.purpose === 'mac') macKey = key;
    if (row.purpose !== 'index' || row.state !== 'active') continue;
    const ofType = indexKeys.get(row.identifier_type) ?? [];
    indexKeys.set(row.identifier_type, [...ofType, { generation: row.generation, key }]);
  }
  const newest = Math.max(0, ...dataKeys.keys());
  const dataKey = dataKeys.get(newest);
  if (macKey === undefined || dataKey === undefined) throw new Error(`institution ${institutionId} has no keys`);
  return keysOf({ institutionId, indexKeys, dataKeys, macKey, dataKey: { generation: newest, key: dataKey } });
}

function keysOf(open: {
  institutionId: string;
  indexKeys: ReadonlyMap<number, readonly IndexKey[]>;
  dataKeys: ReadonlyMap<number, Uint8Array>;
  dataKey: IndexKey;
  macKey: Uint8Array;
}): InstitutionKeys {
  const derived = new Map<MacPurpose, Uint8Array>();
  return {
    institutionId: open.institutionId,
    dataKey: open.dataKey,
    indexKeys: (identifierType) => open.indexKeys.get(identifierType) ?? [],
    dataKeyOf(generation) {
      const key = open.dataKeys.get(generation);
      if (key === undefined) throw new Error(`institution ${open.institutionId} has no data key ${generation}`);
      return key;
    },
    macKey(purpose) {
      const known = derived.get(purpose);
      if (known !== undefined) return known;
      const key = new Uint8Array(hkdfSync('sha256', open.macKey, '', `rollcall ${purpose}`, keyBytes));
      derived.set(purpose, key);
      return key;
    },
  };
}

type KeyRef = Pick<WrappedKeyRow, 'institution_id' | 'purpose' | 'identifier_type' | 'generation'>;

function unwrapKey(masterKey: Uint8Array, row: WrappedKeyRow): Uint8Array {
  return unwrapSecret(masterKey, { wrapped: row.wrapped, context: keyContext(row) });
}

function keyContext(ref: KeyRef): string {
  return JSON.stringify(['key', ref.institution_id, ref.purpose, ref.identifier_type, ref.generation]);
}
