import { type Selectable, sql } from 'kysely';
import type { Tables } from '../db/tables.ts';
import type { InstitutionTx, OperatorTx } from '../db/transaction.ts';

export type WrappedKeyRow = Selectable<Tables['wrapped_key']>;
/** A key as it is stored first. */
export type NewKeyRow = Omit<WrappedKeyRow, 'seal_count' | 'retired_at'>;

/** The keys of one use: those of an identifier type's index, or the data keys (without a type: 0). */
export interface KeyUse {
  readonly purpose: 'index' | 'data';
  readonly identifierType: number;
}

export interface KeyGeneration {
  readonly generation: number;
  readonly state: WrappedKeyRow['state'];
}

/** Five index keys, a data key and a MAC key at first; each rotation adds one and ends one. */
const keysMax = 1_000;
/** Keys that are tried at the start; an installation has far fewer institutions. */
const institutionsMax = 10_000;

export async function insertWrappedKeys(tx: OperatorTx, rows: readonly NewKeyRow[]): Promise<void> {
  await tx.db
    .insertInto('wrapped_key')
    .values([...rows])
    .execute();
}

export async function listWrappedKeys(tx: InstitutionTx): Promise<WrappedKeyRow[]> {
  return await tx.db
    .selectFrom('wrapped_key')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .orderBy('purpose')
    .orderBy('identifier_type')
    .orderBy('generation')
    .limit(keysMax)
    .execute();
}

/** One key of each institution, to try the master key on. */
export async function listMacKeys(tx: OperatorTx): Promise<WrappedKeyRow[]> {
  return await tx.db
    .selectFrom('wrapped_key')
    .selectAll()
    .where('purpose', '=', 'mac')
    .orderBy('institution_id')
    .orderBy('generation')
    .limit(institutionsMax)
    .execute();
}

/** A key for each master key that wraps any: `check` tries one of each. */
export async function listKeyOfEachMasterKey(tx: OperatorTx): Promise<WrappedKeyRow[]> {
  return await tx.db
    .selectFrom('wrapped_key')
    .selectAll()
    .distinctOn(sql`substring(wrapped from 2 for 2)`)
    .orderBy(sql`substring(wrapped from 2 for 2)`)
    .orderBy('institution_id')
    .orderBy('purpose')
    .orderBy('identifier_type')
    .orderBy('generation')
    .limit(institutionsMax)
    .execute();
}

/**
 * The active keys of a use, oldest first. With `hold` a retirement waits until the transaction ends.
 *
 * KEY SHARE for data keys: their rows are also updated, to count what they sealed, and a plain FOR SHARE would have to
 * wait for that. FOR UPDATE, under which a key is retired, waits for both.
 */
export async function listActiveGenerations(
  tx: InstitutionTx,
  use: KeyUse,
  options: { hold: boolean } = { hold: true },
): Promise<number[]> {
  const rows = await tx.db
    .selectFrom('wrapped_key')
    .select('generation')
    .where('institution_id', '=', tx.institutionId)
    .where('purpose', '=', use.purpose)
    .where('identifier_type', '=', use.identifierType)
    .where('state', '=', 'active')
    .orderBy('generation')
    .limit(keysMax)
    .$if(options.hold && use.purpose === 'index', (query) => query.forShare())
    .$if(options.hold && use.purpose === 'data', (query) => query.forKeyShare())
    .execute();
  return rows.map((row) => row.generation);
}

/**
 * Every key of a use, oldest first, held exclusively until the transaction ends: it waits for whoever works with them,
 * and other changes of these keys wait for it.
 */
export async function lockGenerations(tx: OperatorTx, institutionId: string, use: KeyUse): Promise<KeyGeneration[]> {
  return await tx.db
    .selectFrom('wrapped_key')
    .select(['generation', 'state'])
    .where('institution_id', '=', institutionId)
    .where('purpose', '=', use.purpose)
    .where('identifier_type', '=', use.identifierType)
    .orderBy('generation')
    .limit(keysMax)
    .forUpdate()
    .execute();
}

export async function retireGeneration(
  tx: OperatorTx,
  key: KeyUse & { readonly institutionId: string; readonly generation: number },
  at: Date,
): Promise<void> {
  await tx.db
    .updateTable('wrapped_key')
    .set({ state: 'retired', retired_at: at })
    .where('institution_id', '=', key.institutionId)
    .where('purpose', '=', key.purpose)
    .where('identifier_type', '=', key.identifierType)
    .where('generation', '=', key.generation)
    .execute();
}

/** Destroys retired keys of a use. */
export async function deleteRetiredGenerations(
  tx: OperatorTx,
  institutionId: string,
  use: KeyUse,
  retiredBefore?: Date,
): Promise<number> {
  const deleted = await tx.db
    .deleteFrom('wrapped_key')
    .where('institution_id', '=', institutionId)
    .where('purpose', '=', use.purpose)
    .where('identifier_type', '=', use.identifierType)
    .where('state', '=', 'retired')
    .$if(retiredBefore !== undefined, (query) => query.where('retired_at', '<', retiredBefore ?? null))
    .executeTakeFirst();
  return Number(deleted.numDeletedRows);
}

/** Adds to what a data key has sealed. */
export async function addSeals(tx: InstitutionTx, generation: number, count: number): Promise<void> {
  await tx.db
    .updateTable('wrapped_key')
    .set({ seal_count: sql<number>`seal_count + ${count}` })
    .where('institution_id', '=', tx.institutionId)
    .where('purpose', '=', 'data')
    .where('generation', '=', generation)
    .execute();
}

/**
 * Held until the transaction ends by whoever wraps a key (shared) and by a rotation of the master key that removes the
 * old one (exclusively): nothing can be wrapped by the old key after it was proved that nothing is.
 */
export async function lockMasterKey(tx: OperatorTx, mode: 'shared' | 'exclusive'): Promise<void> {
  const lock = mode === 'shared' ? sql`pg_advisory_xact_lock_shared` : sql`pg_advisory_xact_lock`;
  await sql`select ${lock}(${masterKeyLock})`.execute(tx.db);
}

/** Any constant of our own; migrations have the first. */
const masterKeyLock = 7265_0002;
