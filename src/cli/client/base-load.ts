import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { CliError } from '../cli-error.ts';
import { type ApiClient, checked } from './api-client.ts';
import { type BaseLoadAnswer, baseLoadSchema } from './api-schemas.ts';
import { fileBytes, type LocalFile } from './list-file.ts';
import { problemLine } from './problem-answer.ts';

/** What a file holds. */
export type LoadedKind = keyof typeof loadPaths;

export interface LoadOrder {
  readonly kind: LoadedKind;
  readonly bytes: () => AsyncIterable<Uint8Array>;
  readonly format: 'csv' | 'ndjson';
  readonly mode: 'upsert' | 'replace';
  readonly ignoreColumns: readonly string[];
  readonly confirmRemovals: boolean;
  readonly dryRun: boolean;
}

/** Where files of each kind go. */
const loadPaths = { customers: '/service/customerLoads', accounts: '/service/accountLoads' } as const;

const pollMsFirst = 250;
const pollMsMax = 2_000;
const runningStates: ReadonlySet<string> = new Set(['receiving', 'publishing']);

/**
 * Streams a file of customers or accounts to the server and waits until it is published.
 *
 * @throws ProblemAnswer when it is refused
 */
export async function loadBase(client: ApiClient, order: LoadOrder): Promise<BaseLoadAnswer> {
  const loadsPath = loadPaths[order.kind];
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
  let load = checked(baseLoadSchema, answer.body);
  const path = answer.headers.get('location') ?? `${loadsPath}/${load.id}`;
  for (let pauseMs = pollMsFirst; runningStates.has(load.state); pauseMs = Math.min(pollMsMax, pauseMs * 1.5)) {
    await delay(pauseMs);
    load = await client.read(baseLoadSchema, { path });
  }
  if (load.state === 'completed' || load.state === 'preview') return load;
  throw new CliError(load.problem === undefined ? `the load is ${load.state}` : problemLine(422, load.problem));
}

/** The bytes of a file, unpacked when its name ends in `.gz`. */
export function baseFileBytes(file: LocalFile, onBytes: (readBytes: number) => void): AsyncIterable<Uint8Array> {
  const bytes = fileBytes(file, onBytes);
  return /\.gz$/i.test(file.name) ? Readable.from(bytes).pipe(createGunzip()) : bytes;
}

export function baseFileFormat(name: string): LoadOrder['format'] {
  return /\.(ndjson|jsonl)(\.gz)?$/i.test(name) ? 'ndjson' : 'csv';
}
