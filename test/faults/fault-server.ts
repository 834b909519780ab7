import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createOperatorToken } from '../../src/cli/operator-token.ts';
import { createKeyring } from '../../src/crypto/keyring.ts';
import type { OpenDatabase } from '../../src/db/database.ts';
import { openDatabase } from '../../src/db/open.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { roles, scopes } from '../../src/modules/access/index.ts';
import { createInstitution } from '../../src/modules/institutions/index.ts';
import { compileCache } from '../support/child-process.ts';
import type { DatabaseLocation } from '../support/engines.ts';

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const startTimeoutMs = 60_000;
const tokenSeconds = 24 * 60 * 60;

const faultInstitution = 'FAULTS';

/** An installation that outlives its servers: data, keys and a token. */
export interface Installation {
  readonly location: Pick<DatabaseLocation, 'url' | 'dataDir'>;
  readonly masterKey: Buffer;
  readonly token: string;
  /** Temporary files of the servers: what a killed one leaves is seen here. */
  readonly temporaryFolder: string;
}

/** Starts a server over an empty, migrated database, and makes an institution and a token in it. */
export async function createInstallation(
  location: Installation['location'],
): Promise<{ installation: Installation; server: FaultServer }> {
  const temporaryFolder = join(location.dataDir, 'tmp');
  await mkdir(temporaryFolder, { recursive: true });
  const place = { location, masterKey: randomBytes(32), temporaryFolder };
  const server = await startFaultServer({ ...place, token: '' });
  try {
    // Through the running server's engine: opening it twice would take as long again.
    const token = await withDatabase({ ...place, token: '' }, (database) => makeToken(database, place.masterKey));
    return { installation: { ...place, token }, server: { ...server, token } };
  } catch (error) {
    await server.kill();
    throw error;
  }
}

/** A token of every right, of an institution of its own. */
async function makeToken(database: OpenDatabase, masterKey: Buffer): Promise<string> {
  const keyring = createKeyring({ database, masterKey, clock: systemClock });
  const at = systemClock.now();
  await database.asOperator((tx) => createInstitution({ keyring }, tx, { id: faultInstitution, name: 'Faults', at }));
  return await createOperatorToken(
    { database, keyring, clock: systemClock },
    { institutionId: faultInstitution, name: 'faults', scopes, roles, expiresInSeconds: tokenSeconds },
  );
}

/** A real server in a process of its own. */
export interface FaultServer {
  readonly address: string;
  readonly token: string;
  /** kill -9; resolves when the process is gone. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export async function startFaultServer(installation: Installation): Promise<FaultServer> {
  const server = spawn(process.execPath, [main, 'serve', '--json'], {
    env: environmentOf(installation),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };
  const address = await addressOf(server, () => output).catch(async (error: unknown) => {
    await end('SIGKILL');
    throw error;
  });
  return { address, token: installation.token, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

function environmentOf({ location, masterKey, temporaryFolder }: Installation): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: location.dataDir,
    TMPDIR: temporaryFolder,
    ...compileCache,
    ROLLCALL_DATA_DIR: location.dataDir,
    ROLLCALL_DATABASE_URL: location.url,
    ROLLCALL_MASTER_KEY: masterKey.toString('base64'),
    ROLLCALL_PORT: '0',
    ROLLCALL_METRICS_PORT: '0',
    ROLLCALL_LOG_LEVEL: 'error',
  };
}

/** It says where it listens once it does. */
async function addressOf(server: ChildProcess, output: () => string): Promise<string> {
  const giveUpAt = Date.now() + startTimeoutMs;
  while (Date.now() < giveUpAt && server.exitCode === null) {
    const address = /"address": "(http:[^"]+)"/.exec(output())?.[1];
    if (address !== undefined) return address;
    await delay(10);
  }
  throw new Error(`the server did not start: ${output()}`);
}

/** The database beside the running server, as a second process would see it. */
export async function withDatabase<T>(
  { location }: Installation,
  work: (database: OpenDatabase) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({ ...location, purpose: 'command' });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
