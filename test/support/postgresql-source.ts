import { rm } from 'node:fs/promises';
import pg from 'pg';
import type { OpenDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { openDatabase } from '../../src/db/open.ts';
import { emptyDatabase, listTables } from './empty-database.ts';
import type { DatabaseSource } from './engines.ts';
import { findPostgresqlBinaries, type PostgresqlCluster, startPostgresqlCluster } from './postgresql-cluster.ts';
import { makeTestFolder } from './test-folder.ts';

/** The test runner's own cluster, started before the processes of the tests. */
export const clusterVariable = 'ROLLCALL_TEST_CLUSTER_URL';

const advisoryLock = 7265_0002;

interface Server {
  readonly url: string;
  readonly template: string;
  stop(): Promise<void>;
}

/**
 * Databases copied from one migrated template: of the server given by the environment, or of a private one. To copy one
 * and to drop it takes 0.6 s, so a closed database is emptied and handed out again; one of processes is dropped.
 */
export function createPostgresqlSource(): DatabaseSource {
  let server: Promise<Server> | undefined;
  let count = 0;
  const free: CopiedDatabase[] = [];

  async function copyTemplate(): Promise<CopiedDatabase> {
    server ??= startServer();
    const { url, template } = await server;
    count += 1;
    const name = `rollcall_test_${process.pid}_${count}`;
    await command(url, `drop database if exists ${name} with (force)`);
    await command(url, `create database ${name} template ${template}`);
    return { url: urlOf(url, name), drop: () => command(url, `drop database if exists ${name} with (force)`) };
  }

  async function openEmpty(): Promise<{ copied: CopiedDatabase; database: OpenDatabase }> {
    const used = free.pop();
    const copied = used ?? (await copyTemplate());
    const database = await openDatabase({ url: copied.url, dataDir: '', purpose: 'server' });
    copied.tables ??= await listTables(database);
    if (used !== undefined) await emptyDatabase(database, copied.tables);
    return { copied, database };
  }

  return {
    async open() {
      const { copied, database } = await openEmpty();
      let closing: Promise<void> | undefined;
      return {
        ...database,
        close() {
          closing ??= database.close().then(() => void free.push(copied));
          return closing;
        },
      };
    },
    async locate() {
      const { url, drop } = await copyTemplate();
      const dataDir = await makeTestFolder();
      return {
        url,
        dataDir,
        async remove() {
          await drop();
          await rm(dataDir, { recursive: true, force: true });
        },
      };
    },
    async stop() {
      for (const { drop } of free.splice(0)) await drop();
      await (await server)?.stop();
    },
  };
}

interface CopiedDatabase {
  readonly url: string;
  /** Of the migrated schema. */
  tables?: readonly string[];
  drop(): Promise<void>;
}

async function startServer(): Promise<Server> {
  const given = process.env.ROLLCALL_TEST_DATABASE_URL ?? process.env[clusterVariable];
  if (given !== undefined) {
    const template = await ensureTemplate(given);
    const shared = process.env[clusterVariable] !== undefined;
    return {
      url: given,
      template,
      // The runner's cluster goes as a whole; in somebody's server nothing of ours may stay.
      stop: async () => {
        if (!shared) await command(given, `drop database if exists ${template}`);
      },
    };
  }
  const binaries = findPostgresqlBinaries();
  if (binaries === undefined) throw new Error('no PostgreSQL server is installed');
  const cluster: PostgresqlCluster = await startPostgresqlCluster(binaries);
  return { url: cluster.url, template: await ensureTemplate(cluster.url), stop: () => cluster.stop() };
}

/** Migrated once per test run; the processes of one run take turns. */
async function ensureTemplate(url: string): Promise<string> {
  const run = process.env[clusterVariable] === undefined ? String(process.pid) : 'run';
  const name = `rollcall_template_${run}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLock]);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1 and datallowconn = false', [
      name,
    ]);
    if (rowCount === 0) {
      await client.query(`drop database if exists ${name}`);
      await client.query(`create database ${name}`);
      const database = await openDatabase({ url: urlOf(url, name), dataDir: '', purpose: 'server' });
      await migrate(database);
      await database.close();
      // Done, and nobody may connect: a copy needs a template without sessions.
      await client.query(`alter database ${name} allow_connections false`);
    }
  } finally {
    await client.end();
  }
  return name;
}

async function command(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function urlOf(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
