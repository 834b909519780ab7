import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { packageRoot } from '../../lib/package-root.ts';
import { StartRefused } from '../../lib/start-refused.ts';
import { workerUrl } from '../../lib/worker-url.ts';
import { readMigrations } from '../migrations.ts';
import { processIdentity } from './process-identity.ts';

/** Where PostgreSQL's files lie below ROLLCALL_DATA_DIR; the lock stands beside. */
export function databaseDirectory(dataDir: string): string {
  return join(dataDir, 'database');
}

/**
 * Makes the data directory of the embedded engine unless it is there: migrated, ready to open.
 * initdb takes 5 s and 1.1 GB at its peak, so it runs in a process of its own, and a clone keeps the result in
 * `node_modules/.cache` (39 MB; a copy takes 50 ms): the next data directory and every test start from the copy.
 */
export async function ensureDatabaseDirectory(dataDir: string): Promise<void> {
  const directory = databaseDirectory(dataDir);
  if (existsSync(join(directory, 'PG_VERSION'))) return;
  const partial = `${directory}.partial`;
  await rm(partial, { recursive: true, force: true });
  const prepared = await preparedDirectory();
  if (prepared === undefined) await prepareInChild(partial);
  // Three times as fast as its asynchronous sister over a thousand small files; nothing else runs yet.
  else cpSync(prepared, partial, { recursive: true });
  await chmod(partial, 0o700);
  // An empty directory may stand there (a mounted volume cannot be renamed over, so only an empty one is replaced).
  await rename(partial, directory);
}

/** The prepared directory of this version and these migrations, made on first use; undefined where none can be kept. */
export async function preparedDirectory(): Promise<string | undefined> {
  const modules = join(packageRoot(), 'node_modules');
  if (!existsSync(modules)) return undefined;
  const prepared = join(modules, '.cache', 'rollcall', `embedded-${preparedKey()}`);
  if (existsSync(join(prepared, 'PG_VERSION'))) return prepared;
  const partial = `${prepared}.${process.pid}`;
  try {
    await mkdir(dirname(prepared), { recursive: true });
    await removeOutdated(dirname(prepared));
  } catch {
    return undefined;
  }
  try {
    await prepareInChild(partial);
    await rename(partial, prepared).catch((error: unknown) => {
      // Another process was faster: its directory is as good.
      if (!existsSync(join(prepared, 'PG_VERSION'))) throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return prepared;
}

/** Those of other migrations, and of processes that were killed while they made one: 40 MB each. */
async function removeOutdated(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(/^embedded-[0-9a-f]+\.([0-9]+)$/.exec(name)?.[1] ?? Number.NaN);
    if (Number.isInteger(pid) && processIdentity(pid) !== undefined) continue;
    if (name.startsWith('embedded-')) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function preparedKey(): string {
  const require = createRequire(import.meta.url);
  const hash = createHash('sha256');
  for (const name of ['@electric-sql/pglite', 'pg-boss']) hash.update(`${name} ${installedVersion(require, name)}\n`);
  for (const { name, checksum } of readMigrations()) hash.update(`${name} ${checksum}\n`);
  return hash.digest('hex').slice(0, 16);
}

function installedVersion(require: NodeJS.Require, name: string): string {
  for (const folder of require.resolve.paths(name) ?? []) {
    const path = join(folder, name, 'package.json');
    if (!existsSync(path)) continue;
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version);
  }
  throw new Error(`${name} is not installed`);
}

async function prepareInChild(directory: string): Promise<void> {
  const script = fileURLToPath(workerUrl(import.meta.url, 'prepare-data-directory'));
  try {
    await promisify(execFile)(process.execPath, [script, directory], { env: { ...process.env, NODE_OPTIONS: '' } });
  } catch (cause) {
    throw new StartRefused(
      'the embedded database could not be made: is there 1.5 GB of free memory and 100 MB of disk?',
      {
        cause,
      },
    );
  }
}
