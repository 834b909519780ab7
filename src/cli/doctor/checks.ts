import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Config } from '../../config.ts';
import { createKeyring } from '../../crypto/keyring.ts';
import { loadMasterKeys } from '../../crypto/master-key.ts';
import type { OpenDatabase } from '../../db/database.ts';
import { databaseDirectory } from '../../db/embedded/data-directory.ts';
import { checkSchema } from '../../db/migrate.ts';
import { openDatabase } from '../../db/open.ts';
import { systemClock } from '../../lib/clock.ts';
import { listInstitutions } from '../../modules/institutions/index.ts';
import { listWornKeys, sealsUntilDue } from '../../modules/keys/index.ts';
import { masterKeyFile, refuseKeyInData } from '../open-keyring.ts';
import { formatBytes, formatCount, formatQuantity } from '../output/format.ts';
import { messageOf } from '../report-error.ts';
import { findServerVersion } from './server-store.ts';

export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly message: string;
}

/** An import of a large list spills its matching to disk; under this there is none left for a day's work. */
const freeBytesWarn = 2_000_000_000;
const freeBytesFail = 200_000_000;
const institutionsShownMax = 1000;

/** Looks at everything that a server needs, without changing anything. */
export async function runChecks(config: Config): Promise<readonly Check[]> {
  return [
    { name: 'runtime', state: 'ok', message: `Node ${process.versions.node}` },
    ...(await databaseChecks(config)),
    await checked('disk', () => diskCheck(config)),
  ];
}

async function databaseChecks(config: Config): Promise<readonly Check[]> {
  const { databaseUrl: url, dataDir } = config;
  if (url === undefined && !existsSync(databaseDirectory(dataDir))) {
    const message = `embedded, no data in ${resolve(dataDir)} yet: the first start makes it`;
    return [{ name: 'engine', state: 'warn', message }];
  }
  let database: OpenDatabase;
  try {
    database = await openDatabase({ url, dataDir, purpose: 'command' });
  } catch (error) {
    return [{ name: 'engine', state: 'fail', message: messageOf(error) }];
  }
  try {
    return [
      await checked('engine', () => engineCheck(database)),
      await checked('schema', () => schemaCheck(database)),
      await checked('keys', () => keysCheck(config, database)),
      await checked('institutions', () => institutionsCheck(database)),
    ];
  } finally {
    await database.close();
  }
}

type Finding = Pick<Check, 'state' | 'message'>;

async function checked(name: string, check: () => Promise<Finding>): Promise<Check> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    return { name, state: 'fail', message: messageOf(error) };
  }
}

async function engineCheck(database: OpenDatabase): Promise<Finding> {
  const version = await database.asOperator(findServerVersion);
  if (database.engine === 'postgresql') return { state: 'ok', message: `PostgreSQL ${version}` };
  return { state: 'ok', message: `embedded, PostgreSQL ${version}: for trials, it does not survive a power cut` };
}

async function schemaCheck(database: OpenDatabase): Promise<Finding> {
  await checkSchema(database);
  return { state: 'ok', message: 'up to date' };
}

async function keysCheck(config: Config, database: OpenDatabase): Promise<Finding> {
  const file = masterKeyFile(config);
  if (file !== undefined) refuseKeyInData(config, file);
  const masterKey = await loadMasterKeys({ file, value: config.masterKey, createIfMissing: false });
  await createKeyring({ database, masterKey, clock: systemClock }).check();
  const place = file === undefined ? 'ROLLCALL_MASTER_KEY' : resolve(file);
  const [worn] = await database.asOperator((tx) => listWornKeys(tx, sealsUntilDue));
  if (worn !== undefined) {
    const { institutionId, sealCount } = worn;
    const advice = `rollcall keys rotate data --institution ${institutionId}`;
    return {
      state: 'warn',
      message: `the data key of ${institutionId} has sealed ${formatCount(sealCount)} envelopes: ${advice}`,
    };
  }
  if (masterKey.list().length > 1) {
    return { state: 'warn', message: `${place} holds an old key too: finish with rollcall keys rotate master` };
  }
  return { state: 'ok', message: `the master key of ${place} opens what is stored` };
}

async function institutionsCheck(database: OpenDatabase): Promise<Finding> {
  const institutions = await database.asOperator((tx) => listInstitutions(tx, institutionsShownMax));
  if (institutions.length > 0) return { state: 'ok', message: formatQuantity(institutions.length, 'institution') };
  return { state: 'warn', message: 'none yet: rollcall institution create ID --name NAME' };
}

async function diskCheck(config: Config): Promise<Finding> {
  const place = nearestFolder(resolve(config.databaseUrl === undefined ? config.dataDir : '.'));
  const { bavail, bsize } = await statfs(place);
  const freeBytes = bavail * bsize;
  const state = freeBytes < freeBytesFail ? 'fail' : freeBytes < freeBytesWarn ? 'warn' : 'ok';
  const whose =
    config.databaseUrl === undefined ? '' : " (this machine's; the database server's is not seen from here)";
  return { state, message: `${formatBytes(freeBytes)} free at ${place}${whose}` };
}

/** The folder itself, or the nearest one above it that is there. */
function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}
