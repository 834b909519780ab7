import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import type { Config } from '../config.ts';
import { createKeyring, type Keyring } from '../crypto/keyring.ts';
import { loadMasterKeys, type MasterKeys } from '../crypto/master-key.ts';
import type { Database } from '../db/transaction.ts';
import type { Clock } from '../lib/clock.ts';
import { StartRefused } from '../lib/start-refused.ts';
import { listInstitutions } from '../modules/institutions/index.ts';

/**
 * Where the master key of an embedded database lies unless ROLLCALL_MASTER_KEY_FILE says otherwise: in a folder of
 * its own, so that a copy of the data folder is not a copy of the key.
 */
export function defaultMasterKeyFile(dataDir: string): string {
  return join(`${resolve(dataDir)}-keys`, 'master.key');
}

/** The file that holds the master key; undefined when it comes from the environment, or must be given and is not. */
export function masterKeyFile(config: Config): string | undefined {
  if (config.masterKey !== undefined) return undefined;
  return config.masterKeyFile ?? (config.databaseUrl === undefined ? defaultMasterKeyFile(config.dataDir) : undefined);
}

/**
 * The keys of the institutions, opened by the master key. An embedded database without any institution gets a new
 * master key when there is none; one that has institutions needs the key that it was made with.
 *
 * @throws StartRefused when there is no master key, others can read it, it lies in the data folder, or it opens nothing here
 */
export async function openKeyring(deps: {
  config: Config;
  database: Database;
  clock: Clock;
}): Promise<{ keyring: Keyring; masterKeys: MasterKeys; keyFile: string | undefined }> {
  const { config, database, clock } = deps;
  const keyFile = masterKeyFile(config);
  const institutions = await database.asOperator((tx) => listInstitutions(tx, 1));
  if (keyFile !== undefined) refuseKeyInData(config, keyFile);
  const masterKeys = await loadMasterKeys({
    file: keyFile,
    value: config.masterKey,
    createIfMissing: config.databaseUrl === undefined && institutions.length === 0,
  });
  const keyring = createKeyring({ database, masterKey: masterKeys, clock });
  await keyring.check();
  return { keyring, masterKeys, keyFile };
}

/**
 * A copy of the data folder must not be a copy of the key.
 *
 * @throws StartRefused for a key file inside the data folder of the embedded engine
 */
export function refuseKeyInData({ databaseUrl, dataDir }: Config, keyFile: string): void {
  const inside = relative(realPath(dataDir), realPath(keyFile));
  if (databaseUrl !== undefined || inside.startsWith('..') || isAbsolute(inside)) return;
  throw new StartRefused(
    `The master key file lies inside the data directory ${resolve(dataDir)}: whoever copies the data has the key. Move it elsewhere and set ROLLCALL_MASTER_KEY_FILE.`,
  );
}

/** With links followed as far as the path exists. */
function realPath(path: string): string {
  const full = resolve(path);
  if (existsSync(full)) return realpathSync(full);
  return dirname(full) === full ? full : join(realPath(dirname(full)), basename(full));
}
