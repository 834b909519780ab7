import { hkdfSync, randomBytes } from 'node:crypto';
import type { Database, InstitutionTx, OperatorTx } from '../db/transaction.ts';
import type { Clock } from '../lib/clock.ts';
import { EnvelopeError, generationOf } from './envelope.ts';
import {
  createInstallationSecrets,
  type InstallationPurpose,
  type InstallationSecret,
} from './installation-secrets.ts';
import { createKeyCache } from './key-cache.ts';
import { dataKeyUse, type IndexKeyType, indexKeyUse, wrappingKey } from './key-changes.ts';
import {
  insertWrappedKeys,
  type KeyUse,
  listActiveGenerations,
  listKeyOfEachMasterKey,
  listMacKeys,
  listWrappedKeys,
  lockGenerations,
  type NewKeyRow,
} from './key-store.ts';
import { type MasterKeys, masterKeysOf } from './master-key.ts';
import { createSealCounts } from './seal-counts.ts';
import { unwrapSecret, wrapSecret } from './wrapped-secret.ts';

const keyBytes = 32;
/** The identifier types that are blind; the two ids that rest in clear have no key (modules/identifiers). */
const blindTypes = [1, 4, 5, 6, 7] as const;
const withoutType = 0;

export interface IndexKey {
  readonly generation: number;
  readonly key: Uint8Array;
}

export type { InstallationPurpose, InstallationSecret } from './installation-secrets.ts';

export type MacPurpose =
  | 'cursor'
  | 'idempotency'
  | 'contentFingerprint'
  | 'rowFingerprint'
  | 'departed'
  | 'account'
  | 'audit'
  | 'listSketch';

/** The open keys of one institution: plain bytes, so that they can be posted to worker threads. */
export interface InstitutionKeys {
  readonly institutionId: string;
  /** The active index keys of an identifier type, oldest first; none for the types that are not blind. */
  indexKeys(identifierType: number): readonly IndexKey[];
  /** The data key that seals now: the newest. */
  readonly dataKey: IndexKey;
  /** All that can open what is stored, oldest first. */
  readonly dataKeys: readonly IndexKey[];
  /** The data key that opens what was sealed under a generation. @throws UnknownDataKey */
  dataKeyOf(generation: number): Uint8Array;
  /** One key a purpose, derived from the institution's MAC key (HKDF-SHA-256, RFC 5869). */
  macKey(purpose: MacPurpose): Uint8Array;
}

export interface Keyring {
  /**
   * Makes the random keys of a new institution, wrapped by the master key, in the caller's transaction.
   *
   * @returns them, for what begins with the institution: nobody else can read them before the commit
   */
  createInstitutionKeys(tx: OperatorTx, institutionId: string): Promise<InstitutionKeys>;
  /**
   * Opens a transaction of its own unless cached: never call it inside one.
   *
   * @throws KeysAbsent for an institution that has no keys
   */
  forInstitution(institutionId: string): Promise<InstitutionKeys>;
  /**
   * The keys of the transaction's institution where one is open already: cached, else read through it.
   *
   * @throws KeysAbsent for an institution that has no keys
   */
  within(tx: InstitutionTx): Promise<InstitutionKeys>;
  /**
   * Opens envelopes. Keys are cached, and another process may have begun to seal with a new one: when the work meets
   * one that is unknown here, it is done again with keys read anew. Never inside a transaction.
   */
  opening<T>(institutionId: string, open: (keys: InstitutionKeys) => T | Promise<T>): Promise<T>;
  /**
   * Keys to seal with what this transaction stores. Their data key stays in use until it ends: a rotation that would
   * retire it waits. Count what was sealed with `countSeals`.
   */
  forSealing(tx: InstitutionTx): Promise<InstitutionKeys>;
  /** Remembers that a data key sealed so many envelopes; `saveSealCounts` writes it down. */
  countSeals(institutionId: string, generation: number, count: number): void;
  /** Adds what was counted to the keys. Never inside a transaction. */
  saveSealCounts(): Promise<void>;
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
  /**
   * Adds a data key of the next generation, in the caller's transaction. Call `forget` after the commit: from then on
   * it seals, here at once and in other processes when their cache ends.
   *
   * @returns the generation
   */
  addDataKeyGeneration(tx: OperatorTx, institutionId: string): Promise<number>;
  /** Tries the master key on each institution and on the secrets of the installation. @throws StartRefused when it does not open what is stored */
  check(): Promise<void>;
  /** Drops what is cached, e.g. after a rotation. */
  forget(institutionId: string): void;
}

/**
 * @param deps.masterKey the keys of this process; bytes stand for one that stays
 */
export function createKeyring(deps: { database: Database; masterKey: Uint8Array | MasterKeys; clock: Clock }): Keyring {
  const { database, clock } = deps;
  const masterKeys = deps.masterKey instanceof Uint8Array ? masterKeysOf(deps.masterKey) : deps.masterKey;
  const open = (institutionId: string, rows: readonly NewKeyRow[]) => openKeys(masterKeys, institutionId, rows);
  const cache = createKeyCache(async (institutionId) =>
    open(institutionId, await database.inInstitution(institutionId, listWrappedKeys)),
  );
  const secrets = createInstallationSecrets({ database, masterKeys, clock });
  const seals = createSealCounts(database);
  const maker = createKeyMaker(masterKeys, clock);
  return {
    createInstitutionKeys: async (tx, institutionId) =>
      await open(institutionId, await maker.makeFirst(tx, institutionId)),
    forInstitution: cache.get,
    async within(tx) {
      // Only what has been read: to wait for a reading could be to wait for the connection that this very
      // transaction holds. And what it reads is not kept: it may be of a snapshot from before a rotation.
      return cache.settled(tx.institutionId) ?? (await open(tx.institutionId, await listWrappedKeys(tx)));
    },
    async opening(institutionId, work) {
      const keys = await cache.get(institutionId);
      try {
        return await work(keys);
      } catch (error) {
        if (!(error instanceof EnvelopeError && error.cause instanceof UnknownDataKey)) throw error;
        if (cache.settled(institutionId) === keys) cache.forget(institutionId);
        return await work(await cache.get(institutionId));
      }
    },
    async forSealing(tx) {
      const active = await listActiveGenerations(tx, dataKeyUse);
      const known = cache.settled(tx.institutionId);
      if (known !== undefined && active.includes(known.dataKey.generation)) return known;
      return await open(tx.institutionId, await listWrappedKeys(tx));
    },
    countSeals: seals.add,
    saveSealCounts: seals.save,
    installationSecrets: secrets.list,
    addInstallationSecret: secrets.add,
    removeInstallationSecret: secrets.remove,
    addIndexKeyGeneration: (tx, type) => maker.makeNext(tx, type.institutionId, indexKeyUse(type.identifierType)),
    addDataKeyGeneration: (tx, institutionId) => maker.makeNext(tx, institutionId, dataKeyUse),
    async check() {
      const rows = await database.asOperator(async (tx) => [
        ...(await listKeyOfEachMasterKey(tx)),
        ...(await listMacKeys(tx)),
      ]);
      for (const row of rows) await unwrapKey(masterKeys, row);
      await secrets.check();
    },
    forget: cache.forget,
  };
}

/** Random keys, stored wrapped. */
function createKeyMaker(masterKeys: MasterKeys, clock: Clock) {
  const insert = async (tx: OperatorTx, refs: readonly KeyRef[]): Promise<readonly NewKeyRow[]> => {
    const masterKey = await wrappingKey(tx, masterKeys);
    const wrap = (ref: KeyRef) => wrapSecret(masterKey, { secret: randomBytes(keyBytes), context: keyContext(ref) });
    const added = { state: 'active', created_at: clock.now() } as const;
    const rows = refs.map((ref) => ({ ...ref, ...added, wrapped: wrap(ref) }));
    await insertWrappedKeys(tx, rows);
    return rows;
  };
  return {
    async makeFirst(tx: OperatorTx, institutionId: string): Promise<readonly NewKeyRow[]> {
      const first = { institution_id: institutionId, generation: 1 };
      return await insert(tx, [
        ...blindTypes.map((type) => ({ ...first, purpose: 'index', identifier_type: type }) as const),
        { ...first, purpose: 'data', identifier_type: withoutType },
        { ...first, purpose: 'mac', identifier_type: withoutType },
      ]);
    },
    async makeNext(tx: OperatorTx, institutionId: string, { purpose, identifierType }: KeyUse): Promise<number> {
      const newest = (await lockGenerations(tx, institutionId, { purpose, identifierType })).at(-1);
      if (newest === undefined) throw new Error(`there is no index key of identifier type ${identifierType}`);
      const generation = newest.generation + 1;
      await insert(tx, [{ institution_id: institutionId, purpose, identifier_type: identifierType, generation }]);
      return generation;
    },
  };
}

/** An institution without keys: there is none of this id, or somebody has taken them away. */
export class KeysAbsent extends Error {}

/** An envelope names a data key that is not among the institution's. */
class UnknownDataKey extends Error {}

/** @throws EnvelopeError when one of the envelopes is sealed with a data key that these keys lack */
export function requireDataKeys(keys: Pick<InstitutionKeys, 'dataKeyOf'>, sealed: readonly Uint8Array[]): void {
  try {
    for (const envelope of sealed) keys.dataKeyOf(generationOf(envelope));
  } catch (cause) {
    throw new EnvelopeError({ cause });
  }
}

async function openKeys(
  masterKeys: MasterKeys,
  institutionId: string,
  rows: readonly NewKeyRow[],
): Promise<InstitutionKeys> {
  const indexKeys = new Map<number, IndexKey[]>();
  const dataKeys: IndexKey[] = [];
  let macKey: Uint8Array | undefined;
  for (const row of rows) {
    const key = await unwrapKey(masterKeys, row);
    if (row.purpose === 'data') dataKeys.push({ generation: row.generation, key });
    if (row.purpose === 'mac') macKey = key;
    if (row.purpose !== 'index' || row.state !== 'active') continue;
    const ofType = indexKeys.get(row.identifier_type) ?? [];
    indexKeys.set(row.identifier_type, [...ofType, { generation: row.generation, key }]);
  }
  const dataKey = dataKeys.toSorted((a, b) => a.generation - b.generation).at(-1);
  if (macKey === undefined || dataKey === undefined) throw new KeysAbsent(`institution ${institutionId} has no keys`);
  return keysOf({ institutionId, indexKeys, dataKeys, macKey, dataKey });
}

function keysOf(open: {
  institutionId: string;
  indexKeys: ReadonlyMap<number, readonly IndexKey[]>;
  dataKeys: readonly IndexKey[];
  dataKey: IndexKey;
  macKey: Uint8Array;
}): InstitutionKeys {
  const derived = new Map<MacPurpose, Uint8Array>();
  const dataKeys = new Map(open.dataKeys.map(({ generation, key }) => [generation, key]));
  return {
    institutionId: open.institutionId,
    dataKey: open.dataKey,
    dataKeys: open.dataKeys,
    indexKeys: (identifierType) => open.indexKeys.get(identifierType) ?? [],
    dataKeyOf(generation) {
      const key = dataKeys.get(generation);
      if (key === undefined)
        throw new UnknownDataKey(`institution ${open.institutionId} has no data key ${generation}`);
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

type KeyRef = Pick<NewKeyRow, 'institution_id' | 'purpose' | 'identifier_type' | 'generation'>;

async function unwrapKey(masterKeys: MasterKeys, row: NewKeyRow): Promise<Uint8Array> {
  return await unwrapSecret(masterKeys, { wrapped: row.wrapped, context: keyContext(row) });
}

/** What binds a wrapped key to its place. */
export function keyContext(ref: KeyRef): string {
  return JSON.stringify(['key', ref.institution_id, ref.purpose, ref.identifier_type, ref.generation]);
}
