import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { App } from '../src/app.ts';
import { createKeyring } from '../src/crypto/keyring.ts';
import type { OpenDatabase } from '../src/db/database.ts';
import { openDatabase } from '../src/db/open.ts';
import type { Database } from '../src/db/transaction.ts';
import { systemClock } from '../src/lib/clock.ts';
import { createListReader } from '../src/modules/imports/reading/index.ts';
import { buildBenchApp } from './support/bench-app.ts';
import type { BenchContext } from './support/context.ts';
import { taxIdList } from './support/lists.ts';
import { type BenchResult, type Figure, median } from './support/report.ts';
import { seedAudience } from './support/seed-audience.ts';

const pageRows = 100;
const pageRounds = 40;
const pagesPerRound = 100;
const importRounds = 7;
const warmUpRounds = 3;
const pageRatioMax = 1.15;
/** Two runs of one thing differ by this much here; what is below cannot be measured. */
const importRatioMax = 1.05;

/**
 * What the second wall costs (role, setting and row-level security), beside the `where` that each statement has anyway:
 * the application as it is against the same one whose transactions run as the owner of the tables. In one process,
 * without sockets, in turns; the median of the ratios within a round counts.
 */
export async function benchSecondWall(context: BenchContext, masterKey: Uint8Array): Promise<BenchResult> {
  await using started = new AsyncDisposableStack();
  const location = { url: context.databaseUrl, dataDir: join(context.folder, 'data') };
  const owner = await openDatabase({ ...location, purpose: 'command' });
  started.defer(() => owner.close());
  const keyring = createKeyring({ database: owner, masterKey, clock: systemClock });
  const listReader = createListReader({ workers: 1, memoryBytesMax: 2 ** 30 });
  started.defer(() => listReader.close());
  const parts = { owner, keyring, listReader };
  const walled = await buildBenchApp({ ...parts, database: owner });
  started.defer(() => walled.close());
  const open = await buildBenchApp({ ...parts, database: withoutSecondWall(owner) });
  started.defer(() => open.close());
  const { id, ordinals } = await seedAudience(owner);
  const page = `/service/customerAudiences/${id}/customers?limit=${pageRows}`;
  const list = Buffer.concat([...taxIdList(context)]);
  return {
    bench: 'second-wall',
    engine: context.engine,
    parameters: { customers: context.customers, members: ordinals.length, lines: context.lines, rows: pageRows },
    figures: [
      await compare({
        name: 'page of 100 members',
        unit: 'ms',
        rounds: pageRounds,
        max: pageRatioMax,
        walled: () => pageMs(walled, page),
        open: () => pageMs(open, page),
      }),
      await compare({
        name: 'import',
        unit: 'ms',
        rounds: importRounds,
        max: importRatioMax,
        walled: () => importMs(walled, list),
        open: () => importMs(open, list),
      }),
    ],
  };
}

/** The owner of the tables is not bound by their policies: the same statements, and nothing behind a forgotten `where`. */
function withoutSecondWall(owner: OpenDatabase): Database {
  return {
    ...owner,
    inInstitution: (institutionId, work, options) =>
      owner.asOperator((tx) => work({ ...tx, kind: 'institution', institutionId }), options),
  };
}

async function compare(comparison: {
  name: string;
  unit: string;
  rounds: number;
  max: number;
  walled: () => Promise<number>;
  open: () => Promise<number>;
}): Promise<Figure> {
  const measured: { walled: number; open: number }[] = [];
  for (let round = -warmUpRounds; round < comparison.rounds; round += 1) {
    // Who goes first takes turns too: the second finds warmer caches.
    const [first, second] = round % 2 === 0 ? (['walled', 'open'] as const) : (['open', 'walled'] as const);
    const times = { walled: 0, open: 0 };
    times[first] = await comparison[first]();
    times[second] = await comparison[second]();
    if (round >= 0) measured.push(times);
  }
  const ratio = median(measured.map(({ walled, open }) => walled / open));
  return {
    name: comparison.name,
    value: median(measured.map(({ walled }) => walled)),
    unit: comparison.unit,
    floor: { name: `without the wall, ${comparison.unit}`, value: median(measured.map(({ open }) => open)) },
    ratio,
    target: { text: `at most ${comparison.max}x`, met: ratio <= comparison.max },
  };
}

/** Milliseconds a page. */
async function pageMs(app: App, url: string): Promise<number> {
  const from = performance.now();
  for (let count = 0; count < pagesPerRound; count += 1) {
    const answer = await app.inject({ url });
    if (answer.statusCode !== 200) throw new Error(`a page answered ${answer.statusCode}`);
  }
  return (performance.now() - from) / pagesPerRound;
}

async function importMs(app: App, list: Buffer): Promise<number> {
  const name = randomBytes(8).toString('hex');
  const from = performance.now();
  const answer = await app.inject({
    method: 'POST',
    url: `/service/importedCustomerAudiences?identifierType=taxIdNumber&fileName=bench.csv&name=${name}`,
    headers: { 'content-type': 'text/csv' },
    payload: list,
  });
  if (answer.statusCode !== 201) throw new Error(`an import answered ${answer.statusCode}`);
  return performance.now() - from;
}
