import type { Selectable } from 'kysely';
import type { Tables } from '../db/tables.ts';
import type { InstitutionTx, OperatorTx } from '../db/transaction.ts';

export type WrappedKeyRow = Selectable<Tables['wrapped_key']>;

/** Five index keys, a data key and a MAC key at first; each rotation adds one. */
const keysMax = 1_000;
/** Keys that are tried at the start; an installation has far fewer institutions. */
const institutionsMax = 10_000;

export async function insertWrappedKeys(tx: OperatorTx, rows: readonly WrappedKeyRow[]): Promise<void> {
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

/**
 * Holds the active index keys of a type until the transaction ends and tells which generations they are: a key that
 * is retired or added has to wait.
 */
export async function shareActiveGenerations(tx: InstitutionTx, identifierType: number): Promise<number[]> {
  const rows = await tx.db
    .selectFrom('wrapped_key')
    .select('generation')
    .where('institution_id', '=', tx.institutionId)
    .where('purpose', '=', 'index')
    .where('identifier_type', '=', identifierType)
    .where('state', '=', 'active')
    .orderBy('generation')
    .limit(keysMax)
    .forShare()
    .execute();
  return rows.map((row) => row.generation);
}

export interface IndexKeyType {
  readonly institutionId: string;
  readonly identifierType: number;
}

export interface IndexKeyGeneration {
  readonly generation: number;
  readonly state: WrappedKeyRow['state'];
}

/**
 * Every index key of a type, oldest first, held exclusively until the transaction ends: it waits for the imports that
 * match with them, and other changes of these keys wait for it.
 */
export async function lockIndexKeyGenerations(tx: OperatorTx, type: IndexKeyType): Promise<IndexKeyGeneration[]> {
  return await tx.db
    .selectFrom('wrapped_key')
    .select(['generation', 'state'])
    .where('institution_id', '=', type.institutionId)
    .where('purpose', '=', 'index')
    .where('identifier_type', '=', type.identifierType)
    .orderBy('generation')
    .limit(keysMax)
    .forUpdate()
    .execute();
}

export async function updateIndexKeyState(
  tx: OperatorTx,
  key: IndexKeyType & { readonly generation: number },
  state: WrappedKeyRow['state'],
): Promise<void> {
  await tx.db
    .updateTable('wrapped_key')
    .set({ state })
    .where('institution_id', '=', key.institutionId)
    .where('purpose', '=', 'index')
    .where('identifier_type', '=', key.identifierType)
    .where('generation', '=', key.generation)
    .execute();
}
