import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadMasterKeys } from '../src/crypto/master-key.ts';
import { openDatabase } from '../src/db/open.ts';
import { findPostgresqlBinaries, startPostgresqlCluster } from '../test/support/postgresql-cluster.ts';
import { benchPages } from './pages.ts';
import { startBenchServer } from './support/bench-server.ts';
import { report } from './support/report.ts';
import { seedCustomers } from './support/seed-audience.ts';

/** The benchmark of pages by itself: customers come straight into the table, which takes seconds instead of a load. */
const { values } = parseArgs({
  options: {
    customers: { type: 'string', default: '1200000' },
    engine: { type: 'string', default: 'postgresql' },
  },
});
const customers = Number(values.customers);
const engine = values.engine === 'embedded' ? 'embedded' : 'postgresql';

const folder = mkdtempSync(join(tmpdir(), 'rollcall-pages-'));
chmodSync(folder, 0o755);
mkdirSync(join(folder, 'keys'), { mode: 0o700 });
await using started = new AsyncDisposableStack();
started.defer(() => rmSync(folder, { recursive: true, force: true }));
const databaseUrl = engine === 'embedded' ? undefined : await startPostgresql();
const server = started.use(
  await startBenchServer({ folder, port: 18_797, ...(databaseUrl === undefined ? {} : { databaseUrl }) }),
);
const database = await openDatabase({ url: databaseUrl, dataDir: join(folder, 'data'), purpose: 'command' });
await seedCustomers(database, { customers, masterKey: await masterKey() });
await database.withConnection((client) => client.query('vacuum analyze'));
await database.close();
report(
  await benchPages({
    engine,
    folder,
    customers,
    lines: 0,
    server,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  }),
);

/** As `startBenchServer` gives it to the server. */
async function masterKey(): Promise<Uint8Array> {
  return engine === 'embedded'
    ? (await loadMasterKeys({ file: join(folder, 'keys', 'master.key'), createIfMissing: false })).list()[0].key
    : Buffer.alloc(32, 7);
}

async function startPostgresql(): Promise<string> {
  const binaries = findPostgresqlBinaries();
  if (binaries === undefined) throw new Error('PostgreSQL 15 or newer is not installed');
  const cluster = await startPostgresqlCluster(binaries, { shared_buffers: '1GB' });
  started.defer(() => cluster.stop());
  return cluster.url;
}
