import { hkdfSync, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Database, InstitutionTx, OperatorTx } from '../db/transaction.ts';
import type { Clock } from '../lib/clock.ts';
import { StartRefused } from '../lib/start-refused.ts';
import { openEnvelope, sealEnvelope } from './envelope.ts';
import {
  findAnyWrappedKey,
  type IndexKeyRef,
  insertWrappedKeys,
  listWrappedKeys,
  shareActiveGenerations,
  updateIndexKeyState,
  type WrappedKeyRow,
} from './key-store.ts';

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

export type MacPurpose = 'cursor' | 'idempotency' | 'contentFingerprint' | 'rowFingerprint' | 'departed';

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
  /** Opens a transaction of its own unless cached: never call it inside one. */
  forInstitution(institutionId: string): Promise<InstitutionKeys>;
  /** Adds an active index key of the next generation: loads write it and imports try it from now on. */
  addIndexKey(tx: OperatorTx, ref: IndexKeyRef): Promise<void>;
  /** @throws StartRefused when the master key does not open what is stored */
  check(): Promise<void>;
  /** Drops what is cached, e.g. after a rotation. */
  forget(institutionId: string): void;
}

export function createKeyring(deps: { database: Database; masterKey: Uint8Array; clock: Clock }): Keyring {
  const { database, masterKey, clock } = deps;
  const cache = new LRUCache<string, InstitutionKeys>({ max: cachedInstitutionsMax, ttl: cacheTtlMs });
  const wrapped = (ref: Omit<WrappedKeyRow, 'wrapped' | 'state' | 'created_at'>): WrappedKeyRow => ({
    ...ref,
    wrapped: wrapKey(masterKey, ref),
    state: 'active',
    created_at: clock.now(),
  });
  return {
    async createInstitutionKeys(tx, institutionId) {
      const first = { institution_id: institutionId, generation: 1 };
      await insertWrappedKeys(tx, [
        ...blindTypes.map((type) => wrapped({ ...first, purpose: 'index', identifier_type: type })),
        wrapped({ ...first, purpose: 'data', identifier_type: withoutType }),
        wrapped({ ...first, purpose: 'mac', identifier_type: withoutType }),
      ]);
    },
    async forInstitution(institutionId) {
      const cached = cache.get(institutionId);
      if (cached !== undefined) return cached;
      const rows = await database.inInstitution(institutionId, listWrappedKeys);
      const keys = openKeys(masterKey, institutionId, rows);
      cache.set(institutionId, keys);
      return keys;
    },
    async addIndexKey(tx, ref) {
      const { institutionId, identifierType, generation } = ref;
      const row = { institution_id: institutionId, identifier_type: identifierType, generation };
      await insertWrappedKeys(tx, [wrapped({ ...row, purpose: 'index' })]);
      cache.delete(institutionId);
    },
    async check() {
      const row = await database.asOperator(findAnyWrappedKey);
      if (row !== undefined) unwrapKey(masterKey, row);
    },
    forget(institutionId) {
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

/** Retires an index key; it waits for the imports that match with it. @returns false without such a key */
export async function retireIndexKey(tx: OperatorTx, ref: IndexKeyRef): Promise<boolean> {
  return await updateIndexKeyState(tx, ref, 'retired');
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
  const newest = Math.max(...dataKeys.keys());
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

function wrapKey(masterKey: Uint8Array, ref: KeyRef): Buffer {
  return sealEnvelope({
    key: masterKey,
    generation: 0,
    plaintext: randomBytes(keyBytes),
    associatedData: keyContext(ref),
  });
}

function unwrapKey(masterKey: Uint8Array, row: WrappedKeyRow): Uint8Array {
  try {
    return openEnvelope({ keyOf: () => masterKey, sealed: row.wrapped, associatedData: keyContext(row) });
  } catch (cause) {
    throw new StartRefused('The master key does not open the keys of this database. Give the key it was made with.', {
      cause,
    });
  }
}

function keyContext(ref: KeyRef): Buffer {
  return Buffer.from(JSON.stringify(['key', ref.institution_id, ref.purpose, ref.identifier_type, ref.generation]));
}
