import type { Database } from '../db/transaction.ts';
import { StartRefused } from '../lib/start-refused.ts';
import { installationKeyContext } from './installation-secrets.ts';
import { lockMasterKey } from './key-store.ts';
import { keyContext } from './keyring.ts';
import { type MasterKey, type MasterKeys, masterKeyLine, newMasterKey, readMasterKeyFile } from './master-key.ts';
import { replaceKeyFile } from './master-key-file.ts';
import {
  countOfOthers,
  listInstallationKeysOfOthers,
  listKeysOfOthers,
  updateInstallationKey,
  updateWrappedKey,
} from './master-rotation-store.ts';
import { unwrapSecret, wrapSecret } from './wrapped-secret.ts';

/** A batch takes milliseconds; a crash loses one. */
const batchKeys = 200;

export interface MasterRotation {
  /** Keys and secrets that were wrapped anew. */
  readonly rewrappedCount: number;
  /** Whether the old keys have been taken out of the file. With a key from the environment the operator does that. */
  readonly oldRemoved: boolean;
}

export interface MasterRotationOptions {
  /** The file that holds the key; undefined when it comes from the environment. */
  readonly keyFile: string | undefined;
  /** Leave the old key in the file, e.g. for other machines that have not got the new one. */
  readonly keepOld: boolean;
  readonly onProgress?: ((rewrappedCount: number) => void) | undefined;
}

/**
 * Wraps every key and secret by a new master key while servers run. Interrupted anywhere it can be run again: as long
 * as two keys are in the file, both open, and the first wraps.
 *
 * A new first line is written to the file, everything is wrapped anew, and under a lock that whoever wraps holds it is
 * proved that no old key wraps anything; only then the old lines go.
 *
 * @throws StartRefused when the key comes from the environment and no second one is there, the file cannot be written,
 *   or a later rotation has begun
 */
export async function rotateMasterKey(
  deps: { database: Database; masterKeys: MasterKeys },
  options: MasterRotationOptions,
): Promise<MasterRotation> {
  const { database, masterKeys } = deps;
  await requireNewKey(deps, options);
  const [current] = masterKeys.list();
  let rewrappedCount = 0;
  for (;;) {
    for (;;) {
      const rewrapped = await rewrapBatch(deps, current);
      if (rewrapped === 0) break;
      rewrappedCount += rewrapped;
      options.onProgress?.(rewrappedCount);
    }
    const proof = await database.asOperator(async (tx) => {
      await lockMasterKey(tx, 'exclusive');
      await requireStillFirst(masterKeys, current);
      if ((await countOfOthers(tx, current.id)) > 0) return 'left';
      if (options.keyFile === undefined || options.keepOld) return 'kept';
      await replaceKeyFile(options.keyFile, [masterKeyLine(current)]);
      return 'removed';
    });
    if (proof === 'left') continue;
    await masterKeys.reload();
    return { rewrappedCount, oldRemoved: proof === 'removed' };
  }
}

/** Two keys: those of a rotation that was cut off, or of the operator; else a new one is put before the old. */
async function requireNewKey(
  { database, masterKeys }: { database: Database; masterKeys: MasterKeys },
  { keyFile }: MasterRotationOptions,
): Promise<void> {
  if (keyFile === undefined) {
    if (masterKeys.list().length > 1) return;
    throw new StartRefused(
      'The master key comes from ROLLCALL_MASTER_KEY: put a new one and a comma before it (`openssl rand -base64 32`), restart every server with that, and run this again.',
    );
  }
  // The lock: two that begin at once must not each write a file without the other's new key.
  await database.asOperator(async (tx) => {
    await lockMasterKey(tx, 'exclusive');
    const keys = await readMasterKeyFile(keyFile);
    if (keys.length > 1) return;
    await replaceKeyFile(keyFile, [newMasterKey(keys), ...keys.map(masterKeyLine)]);
  });
  await masterKeys.reload();
}

/**
 * Under the lock: one that was held up while the next rotation began must not wrap by its own key again, nor take the
 * newer one, by which something may be wrapped already, out of the file.
 */
async function requireStillFirst(masterKeys: MasterKeys, current: MasterKey): Promise<void> {
  await masterKeys.reload();
  if (masterKeys.list()[0].id === current.id) return;
  throw new StartRefused('Another rotation of the master key has begun meanwhile and goes on with a newer key.');
}

/** @returns how many keys and secrets of other master keys there were, at most a batch */
async function rewrapBatch(
  { database, masterKeys }: { database: Database; masterKeys: MasterKeys },
  current: MasterKey,
): Promise<number> {
  const rows = await database.asOperator(async (tx) => ({
    keys: await listKeysOfOthers(tx, current.id, batchKeys),
    secrets: await listInstallationKeysOfOthers(tx, current.id, batchKeys),
  }));
  const rewrap = async (wrapped: Uint8Array, context: string) =>
    wrapSecret(current, { secret: await unwrapSecret(masterKeys, { wrapped, context }), context });
  const keys = await Promise.all(
    rows.keys.map(async (row) => ({ row, wrapped: await rewrap(row.wrapped, keyContext(row)) })),
  );
  const secrets = await Promise.all(
    rows.secrets.map(async (row) => ({ row, wrapped: await rewrap(row.wrapped, installationKeyContext(row)) })),
  );
  await database.asOperator(async (tx) => {
    await lockMasterKey(tx, 'shared');
    await requireStillFirst(masterKeys, current);
    for (const { row, wrapped } of keys) await updateWrappedKey(tx, row, wrapped);
    for (const { row, wrapped } of secrets) await updateInstallationKey(tx, row, wrapped);
  });
  return keys.length + secrets.length;
}
