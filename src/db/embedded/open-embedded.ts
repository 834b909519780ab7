import { mkdirSync } from 'node:fs';
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

/**
 * Opens the embedded engine over `dataDir`, or, for a command while a server runs, that server's engine.
 * @throws StartRefused when another process has it open (server), or has it but does not listen yet (command).
 */
export async function openEmbedded({ dataDir, purpose }: EmbeddedOptions): Promise<OpenDatabase> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const taken = await takeLock(dataDir);
  if ('lock' in taken) return await openLocked({ dataDir, purpose }, taken.lock);
  const { holder } = taken;
  if (purpose === 'server') {
    throw new StartRefused(`the data directory ${dataDir} is in use by process ${holder.pid}: one server at a time`);
  }
  if (holder.socketDirectory === '') {
    throw new StartRefused(`process ${holder.pid} is just opening ${dataDir}: try again in a moment`);
  }
  return attachedDatabase(holder.socketDirectory);
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
    lock.publish(engine.socketDirectory);
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
