import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import pg from 'pg';
import type { BenchContext } from './context.ts';

/** Sends a file to one of the loads. @returns seconds until it is published */
export async function loadFile(context: BenchContext, path: string, file: string): Promise<number> {
  const { size } = await stat(file);
  const from = performance.now();
  const answer = await context.server.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'text/csv', 'content-length': String(size) },
    body: Readable.toWeb(createReadStream(file)),
    duplex: 'half',
  });
  const body: unknown = await answer.json();
  const seconds = (performance.now() - from) / 1_000;
  if (answer.status === 201) return seconds;
  throw new Error(`the load answered ${answer.status}: ${JSON.stringify(body).slice(0, 300)}`);
}

/** @returns seconds to COPY the same finished rows into empty tables of the same keys */
export async function floorOfLoad(
  context: BenchContext,
  databaseUrl: string,
  tables: readonly string[],
): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
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
