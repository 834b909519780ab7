import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import pg from 'pg';
import type { BenchContext } from './support/context.ts';
import type { BenchResult, Figure } from './support/report.ts';

const ratioMin = 0.3;
const loopDelayMsMax = 50;

/** A load of the whole base, against COPY of the finished rows into the same tables with the same keys. */
export async function benchLoad(context: BenchContext, file: string): Promise<BenchResult> {
  const { size } = await stat(file);
  await context.server.loopDelayMs();
  context.server.resetPeak();
  const idleBytes = context.server.residentBytes();
  const from = performance.now();
  const answer = await context.server.fetch('/service/customerLoads?mode=upsert', {
    method: 'POST',
    headers: { 'content-type': 'text/csv', 'content-length': String(size) },
    body: Readable.toWeb(createReadStream(file)),
    duplex: 'half',
  });
  const body: unknown = await answer.json();
  const seconds = (performance.now() - from) / 1_000;
  if (answer.status !== 201)
    throw new Error(`the load answered ${answer.status}: ${JSON.stringify(body).slice(0, 300)}`);
  const loopDelay = await context.server.loopDelayMs();
  const floor = context.databaseUrl === undefined ? undefined : await floorOfLoad(context, context.databaseUrl);
  const speed = context.customers / seconds;
  const figures: Figure[] = [
    {
      name: 'load, three identifiers a customer',
      value: speed,
      unit: 'customers/s',
      ...(floor === undefined
        ? {}
        : {
            floor: { name: 'COPY of finished rows, customers/s', value: context.customers / floor },
            ratio: floor / seconds,
            target: { text: `at least ${ratioMin}x`, met: floor / seconds >= ratioMin },
          }),
    },
    {
      name: '  event loop p99',
      value: loopDelay,
      unit: 'ms',
      target: { text: `at most ${loopDelayMsMax} ms`, met: loopDelay <= loopDelayMsMax },
    },
    { name: '  peak memory over idle', value: (context.server.peakBytes() - idleBytes) / 2 ** 20, unit: 'MiB' },
  ];
  return { bench: 'load', engine: context.engine, parameters: { customers: context.customers }, figures };
}

/** @returns seconds to COPY the same finished rows into empty tables of the same keys */
async function floorOfLoad(context: BenchContext, databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const tables = ['customer', 'customer_identifier'];
    for (const table of tables) {
      await client.query(`copy ${table} to '${join(context.folder, table)}.bin' with (format binary)`);
      await client.query(`create table floor_${table} (like ${table} including all)`);
    }
    const from = performance.now();
    for (const table of tables) {
      await client.query(`copy floor_${table} from '${join(context.folder, table)}.bin' with (format binary)`);
    }
    const seconds = (performance.now() - from) / 1_000;
    for (const table of tables) await client.query(`drop table floor_${table}`);
    return seconds;
  } finally {
    await client.end();
  }
}
