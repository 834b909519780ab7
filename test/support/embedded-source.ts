import { cpSync } from 'node:fs';
import { appendFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { OpenDatabase } from '../../src/db/database.ts';
import { databaseDirectory, preparedDirectory } from '../../src/db/embedded/data-directory.ts';
import { type EmbeddedEngine, startEmbeddedEngine } from '../../src/db/embedded/engine.ts';
import { databaseOverEngine } from '../../src/db/embedded/open-embedded.ts';
import { emptyDatabase, listTables } from './empty-database.ts';
import type { DatabaseLocation, DatabaseSource } from './engines.ts';
import { makeTestFolder } from './test-folder.ts';

interface RunningEngine {
  readonly engine: EmbeddedEngine;
  readonly folder: string;
  /** Tables of the migrated schema: everything else was made by a test. */
  readonly tables: readonly string[];
}

/**
 * Engines over copies of the prepared directory. A start takes half a second and 0.4 GB, so a closed database's engine
 * is emptied and handed out again.
 */
export function createEmbeddedSource(): DatabaseSource {
  const running = new Set<RunningEngine>();
  const free: RunningEngine[] = [];

  async function take(): Promise<RunningEngine> {
    const used = free.pop();
    if (used !== undefined) {
      await withEngine(used.engine, (database) => emptyDatabase(database, used.tables));
      return used;
    }
    const started = await startOverCopy();
    running.add(started);
    return started;
  }

  return {
    async open(): Promise<OpenDatabase> {
      const taken = await take();
      return databaseOverEngine(taken.engine, async () => {
        free.push(taken);
      });
    },
    locate: locateCopy,
    async stop() {
      for (const { engine, folder } of running) {
        await engine.close();
        await rm(folder, { recursive: true, force: true });
      }
      running.clear();
    },
  };
}

async function startOverCopy(): Promise<RunningEngine> {
  const folder = await makeTestFolder();
  await copyPrepared(folder);
  const engine = await startEmbeddedEngine(folder);
  const tables = await withEngine(engine, listTables);
  return { engine, folder, tables };
}

async function locateCopy(): Promise<DatabaseLocation> {
  const dataDir = await makeTestFolder();
  await prepareDataDir(dataDir);
  return { url: undefined, dataDir, remove: () => rm(dataDir, { recursive: true, force: true }) };
}

/** Fills a data directory as a first start does, for tests of something else. */
export async function prepareDataDir(dataDir: string): Promise<void> {
  await copyPrepared(databaseDirectory(dataDir));
}

/** With an eighth of the buffers: to clear those of a real server is three quarters of what a start takes. */
async function copyPrepared(to: string): Promise<void> {
  const prepared = await preparedDirectory();
  if (prepared === undefined) throw new Error('node_modules/.cache cannot be written: no prepared database');
  cpSync(prepared, to, { recursive: true });
  await appendFile(join(to, 'postgresql.conf'), "\nshared_buffers = '16MB'\n");
}

async function withEngine<T>(engine: EmbeddedEngine, work: (database: OpenDatabase) => Promise<T>): Promise<T> {
  const database = databaseOverEngine(engine, async () => {});
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}
