import { mkdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { StartRefused } from '../../lib/start-refused.ts';
import { createDatabase, type OpenDatabase } from '../database.ts';
import { createPool } from '../pool-settings.ts';
import { copyToEngine } from './copy-to-engine.ts';
import { databaseDirectory, ensureDatabaseDirectory } from './data-directory.ts';
import { type EmbeddedEngine, startEmbeddedEngine } from './engine.ts';
import { type LockFile, takeLock } from './lock-file.ts';
import { startMaintenance } from './maintenance.ts';
import { socketPoolConfig } from './socket-address.ts';

export interface EmbeddedOptions {
  readonly dataDir: string;
  readonly purpose: 'server' | 'command';
}

/** A command ends within seconds, and a first start makes its data directory in about 7: worth waiting for. */
const busyWaitMs = 20_000;
const busyLookMs = 100;

/**
 * Opens the embedded engine over `dataDir`, or, for a command while a server runs, that server's engine.
 * @throws StartRefused when a server has it open (for another server), or when it stays busy otherwise.
 */
export async function openEmbedded({ dataDir, purpose }: EmbeddedOptions): Promise<OpenDatabase> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const giveUpAt = Date.now() + busyWaitMs;
  for (;;) {
    const taken = await takeLock(dataDir);
    if ('lock' in taken) return await openLocked({ dataDir, purpose }, taken.lock);
    const { pid, serves, socketDirectory } = taken.holder;
    if (serves && purpose === 'command') return attachedDatabase(socketDirectory);
    if (serves || pid === process.pid || Date.now() >= giveUpAt) {
      throw new StartRefused(`the data directory ${dataDir} is in use by process ${pid}: one server at a time`);
    }
    await delay(busyLookMs);
  }
}

/** The engine over PostgreSQL's own directory, without lock or preparation: for the one who makes directories. */
export async function openEmbeddedDirectory(directory: string): Promise<OpenDatabase> {
  const engine = await startEmbeddedEngine(directory);
  return databaseOverEngine(engine, () => engine.close());
}

async function openLocked({ dataDir, purpose }: EmbeddedOptions, lock: LockFile): Promise<OpenDatabase> {
  try {
    await ensureDatabaseDirectory(dataDir);
    const engine = await startEmbeddedEngine(databaseDirectory(dataDir));
    lock.publish({ socketDirectory: engine.socketDirectory, serves: purpose === 'server' });
    const database = databaseOverEngine(engine, async () => {
      await engine.close();
      lock.release();
    });
    return purpose === 'server' ? maintained(database) : database;
  } catch (error) {
    lock.release();
    throw error;
  }
}

function maintained(database: OpenDatabase): OpenDatabase {
  const maintenance = startMaintenance(database);
  return {
    ...database,
    async close() {
      await maintenance.stop();
      await database.close();
    },
  };
}

/** The port over a running engine; `closed` runs after its connections have ended. */
export function databaseOverEngine(engine: EmbeddedEngine, closed: () => Promise<void>): OpenDatabase {
  const pool = createPool(socketPoolConfig(engine.socketDirectory));
  return createDatabase({
    engine: 'embedded',
    mainPool: pool,
    bulkPool: pool,
    copy: (tx, target, chunks) => copyToEngine(engine, tx, target, chunks),
    ended: engine.ended,
    closeEngine: closed,
  });
}

/** Bulk data needs the engine's own process: COPY does not pass the socket. */
function attachedDatabase(socketDirectory: string): OpenDatabase {
  const pool = createPool(socketPoolConfig(socketDirectory));
  return createDatabase({
    engine: 'embedded',
    mainPool: pool,
    bulkPool: pool,
    copy: async () => {
      throw new StartRefused('a server has this data directory open: load through its HTTP API, or stop it first');
    },
    closeEngine: async () => {},
  });
}
