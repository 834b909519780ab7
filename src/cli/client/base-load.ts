import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { CliError } from '../cli-error.ts';
import { type ApiClient, checked } from './api-client.ts';
import { type CustomerLoadAnswer, customerLoadSchema } from './api-schemas.ts';
import { fileBytes, type LocalFile } from './list-file.ts';
import { problemLine } from './problem-answer.ts';

export interface LoadOrder {
  readonly bytes: () => AsyncIterable<Uint8Array>;
  readonly format: 'csv' | 'ndjson';
  readonly mode: 'upsert' | 'replace';
  readonly ignoreColumns: readonly string[];
  readonly confirmRemovals: boolean;
  readonly dryRun: boolean;
}

const loadsPath = '/service/customerLoads';
const pollMsFirst = 250;
const pollMsMax = 2_000;
const runningStates: ReadonlySet<string> = new Set(['receiving', 'publishing']);

/**
 * Streams a file of customers to the server and waits until it is published.
 *
 * @throws ProblemAnswer when it is refused
 */
export async function loadCustomers(client: ApiClient, order: LoadOrder): Promise<CustomerLoadAnswer> {
  const answer = await client.send({
    method: 'POST',
    path: loadsPath,
    query: {
      mode: order.mode,
      ...(order.ignoreColumns.length === 0 ? {} : { ignoreColumns: order.ignoreColumns.join(',') }),
      ...(order.confirmRemovals ? { confirmRemovals: true } : {}),
      ...(order.dryRun ? { dryRun: true } : {}),
    },
    headers: {
      'content-type': order.format === 'csv' ? 'text/csv' : 'application/x-ndjson',
      prefer: order.dryRun ? 'return=representation' : 'respond-async',
    },
    body: order.bytes,
  });
  let load = checked(customerLoadSchema, answer.body);
  const path = answer.headers.get('location') ?? `${loadsPath}/${load.id}`;
  for (let pauseMs = pollMsFirst; runningStates.has(load.state); pauseMs = Math.min(pollMsMax, pauseMs * 1.5)) {
    await delay(pauseMs);
    load = await client.read(customerLoadSchema, { path });
  }
  if (load.state === 'completed' || load.state === 'preview') return load;
  throw new CliError(load.problem === undefined ? `the load is ${load.state}` : problemLine(422, load.problem));
}

/** The bytes of a customer file, unpacked when its name ends in `.gz`. */
export function customerFileBytes(file: LocalFile, onBytes: (readBytes: number) => void): AsyncIterable<Uint8Array> {
  const bytes = fileBytes(file, onBytes);
  return /\.gz$/i.test(file.name) ? Readable.from(bytes).pipe(createGunzip()) : bytes;
}

export function customerFileFormat(name: string): LoadOrder['format'] {
  return /\.(ndjson|jsonl)(\.gz)?$/i.test(name) ? 'ndjson' : 'csv';
}
