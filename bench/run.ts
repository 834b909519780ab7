import { chmodSync, createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { findPostgresqlBinaries, startPostgresqlCluster } from '../test/support/postgresql-cluster.ts';
import { benchAccounts } from './accounts.ts';
import { benchFilters } from './filters.ts';
import { benchImport } from './import.ts';
import { benchInsights } from './insights.ts';
import { benchLoad } from './load.ts';
import { benchOverlaps } from './overlaps.ts';
import { benchPages } from './pages.ts';
import { benchPortal } from './portal.ts';
import { benchSecondWall } from './second-wall.ts';
import { benchStorage } from './storage.ts';
import { benchMasterKey, startBenchServer } from './support/bench-server.ts';
import type { BenchContext } from './support/context.ts';
import { accountCount, accountFile, customerFile } from './support/lists.ts';
import { report } from './support/report.ts';
import { benchTokenCheck } from './token-check.ts';

/** The embedded engine is for up to 250,000 customers. */
const embeddedCustomers = 200_000;
const port = 18_787;

/** A server as an operator would tune it for this machine; the floors run on the same one. */
const serverSettings = {
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  maintenance_work_mem: '512MB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
};

const { values } = parseArgs({
  options: {
    customers: { type: 'string', default: '2000000' },
    lines: { type: 'string', default: '1000000' },
    engine: { type: 'string', default: 'postgresql,embedded' },
    // Some of accounts, import, storage, filters, insights, pages, overlaps, token-check, second-wall; the load comes
    // first in any case. On the embedded engine: of import, filters, and portal, which wants Chromium and is asked for.
    only: { type: 'string' },
  },
});
const size = { customers: Number(values.customers), lines: Number(values.lines) };
const chosen = (bench: string) => values.only === undefined || values.only.split(',').includes(bench);

for (const engine of values.engine.split(',')) {
  if (engine === 'postgresql') await onPostgresql();
  else await onEmbedded();
}

async function onPostgresql(): Promise<void> {
  const binaries = findPostgresqlBinaries();
  if (binaries === undefined) throw new Error('PostgreSQL 15 or newer is not installed');
  const cluster = await startPostgresqlCluster(binaries, serverSettings);
  const folder = benchFolder();
  try {
    await withClient(cluster.url, (client) => client.query('create database bench'));
    const url = new URL(cluster.url);
    url.pathname = '/bench';
    await using server = await startBenchServer({ folder, databaseUrl: url.href, port });
    const context: BenchContext = { engine: 'postgresql', databaseUrl: url.href, folder, ...size, server };
    report(await benchLoad(context, await writeCustomers(context)));
    await withClient(url.href, (client) => client.query('vacuum analyze'));
    if (chosen('accounts')) report(await benchAccounts(context, await writeAccounts(context)));
    if (chosen('import')) report(await benchImport(context));
    if (chosen('storage')) report(await benchStorage(context, url.href));
    if (chosen('filters')) report(await benchFilters(context));
    if (chosen('insights')) report(await benchInsights(context));
    if (chosen('pages')) report(await benchPages(context));
    if (chosen('overlaps')) report(await benchOverlaps(context));
    if (chosen('token-check')) report(await benchTokenCheck(context, benchMasterKey));
    if (chosen('second-wall')) report(await benchSecondWall(context, benchMasterKey));
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function onEmbedded(): Promise<void> {
  const folder = benchFolder();
  try {
    await using server = await startBenchServer({ folder, port });
    const customers = Math.min(size.customers, embeddedCustomers);
    const context: BenchContext = { engine: 'embedded', folder, lines: size.lines, customers, server };
    report(await benchLoad(context, await writeCustomers(context)));
    if (chosen('import')) report(await benchImport(context));
    if (chosen('filters')) report(await benchFilters(context));
    if (values.only?.split(',').includes('portal') === true) {
      report(await benchPortal(context, (await writeAccounts(context)).file));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** The database server, another user, writes its COPY files here. */
function benchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-bench-'));
  chmodSync(folder, 0o777);
  mkdirSync(join(folder, 'keys'), { mode: 0o700 });
  return folder;
}

async function writeAccounts(context: BenchContext): Promise<{ file: string; accounts: number }> {
  const file = join(context.folder, 'accounts.csv');
  await pipeline(Readable.from(accountFile(context.customers)), createWriteStream(file));
  return { file, accounts: accountCount(context.customers) };
}

async function writeCustomers(context: BenchContext): Promise<string> {
  const file = join(context.folder, 'customers.csv');
  await pipeline(Readable.from(customerFile(context.customers)), createWriteStream(file));
  return file;
}
