import type { InstitutionTx, OperatorTx } from '../db/transaction.ts';
import { type KeyUse, listActiveGenerations, lockGenerations, lockMasterKey, retireGeneration } from './key-store.ts';
import type { MasterKey, MasterKeys } from './master-key.ts';

export interface IndexKeyType {
  readonly institutionId: string;
  readonly identifierType: number;
}

export const dataKeyUse: KeyUse = { purpose: 'data', identifierType: 0 };

export function indexKeyUse(identifierType: number): KeyUse {
  return { purpose: 'index', identifierType };
}

/**
 * The master key to wrap with, in the transaction that stores what it wraps. It is read under the lock that a rotation
 * of the master key takes before it removes the old one, so that nothing is wrapped by a key that is about to go.
 */
export async function wrappingKey(tx: OperatorTx, masterKeys: MasterKeys): Promise<MasterKey> {
  await lockMasterKey(tx, 'shared');
  await masterKeys.reload();
  return masterKeys.list()[0];
}

/**
 * Holds the index keys of a type until the transaction ends, and tells whether a list that was tokenised with these
 * generations finds every customer.
 *
 * The oldest active key is complete: every load writes it, and it is only retired when the next one was proved to be
 * complete. A newer one may still be filled. So the list must have the tokens of the oldest.
 *
 * @returns `changed` when the tokens would miss customers
 */
export async function lockKeysToMatch(
  tx: InstitutionTx,
  identifierType: number,
  generations: readonly number[],
): Promise<'current' | 'changed'> {
  const [oldest] = await listActiveGenerations(tx, indexKeyUse(identifierType));
  return oldest !== undefined && generations.includes(oldest) ? 'current' : 'changed';
}

/**
 * Holds the index keys of a type until the transaction ends, and tells whether customers may be stored with tokens of
 * these generations. They must have the oldest, which lists rely on; one that was added meanwhile is filled by its
 * rotation. And none may be retired: nobody would delete what is written under it.
 */
export async function lockKeysToIndex(
  tx: InstitutionTx,
  identifierType: number,
  generations: readonly number[],
): Promise<'current' | 'changed'> {
  const active = await listActiveGenerations(tx, indexKeyUse(identifierType));
  const [oldest] = active;
  const isComplete = oldest !== undefined && generations.includes(oldest);
  return isComplete && generations.every((generation) => active.includes(generation)) ? 'current' : 'changed';
}

/**
 * Holds the data keys until the transaction ends, and tells whether what this one sealed may be stored: a rotation
 * that retires a key has proved that nothing is sealed with it.
 */
export async function lockDataKey(tx: InstitutionTx, generation: number): Promise<'current' | 'changed'> {
  return (await listActiveGenerations(tx, dataKeyUse)).includes(generation) ? 'current' : 'changed';
}

/**
 * Retires an index key, in the caller's transaction; it waits for the imports that match with it. Call the keyring's
 * `forget` after the commit.
 *
 * @returns false without such an active key, and for the last one: without any, nothing could be matched
 */
export async function retireIndexKey(
  tx: OperatorTx,
  key: IndexKeyType & { readonly generation: number },
  at: Date,
): Promise<boolean> {
  const use = indexKeyUse(key.identifierType);
  const active = (await lockGenerations(tx, key.institutionId, use)).filter(({ state }) => state === 'active');
  if (active.length < 2 || !active.some(({ generation }) => generation === key.generation)) return false;
  await retireGeneration(tx, { ...key, ...use }, at);
  return true;
}
