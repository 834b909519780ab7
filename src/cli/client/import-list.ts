import { setTimeout as delay } from 'node:timers/promises';
import { Check } from 'typebox/value';
import { CliError } from '../cli-error.ts';
import { type ApiAnswer, type ApiClient, checked } from './api-client.ts';
import {
  type AudienceAnswer,
  audienceSchema,
  type ImportAnswer,
  importSchema,
  runningImportSchema,
} from './api-schemas.ts';
import { type ImportFields, importBody, jsonContentBytesMax } from './import-body.ts';
import type { LocalFile } from './list-file.ts';
import { ProblemAnswer, problemLine } from './problem-answer.ts';

export interface ImportOrder {
  readonly file: LocalFile;
  readonly fields: ImportFields;
  /** An audience to edit instead of one to make; its entity tag when the edit replaces its members. */
  readonly edit?: { readonly audienceId: string; readonly entityTag?: string };
  readonly dryRun: boolean;
}

export interface ImportWatcher {
  onBytes(readBytes: number): void;
  /** The file is with the server, which now matches it. */
  onSent(): void;
}

export interface ImportOutcome {
  readonly ledger: ImportAnswer;
  /** Absent when the import made none: a refusal. */
  readonly audience?: AudienceAnswer;
  /** Why it was refused: one line. */
  readonly refusal?: string;
}

const importsPath = '/service/customerAudienceImports';
const pollMsFirst = 200;
const pollMsMax = 3_000;
const endStates: ReadonlySet<string> = new Set(['completed', 'rejected', 'preview', 'failed', 'canceled']);

/**
 * Sends a list and waits for what becomes of it. A refusal that has a ledger is an outcome, not an error.
 *
 * @throws ProblemAnswer for every other problem
 */
export async function importList(
  client: ApiClient,
  order: ImportOrder,
  watcher: ImportWatcher,
): Promise<ImportOutcome> {
  const body = importBody(order.file, order.fields);
  const large = order.file.sizeBytes > jsonContentBytesMax;
  const preference = order.dryRun ? 'return=representation' : large ? 'respond-async' : undefined;
  const entityTag = order.edit?.entityTag;
  try {
    const answer = await client.send({
      method: 'POST',
      path: targetPath(order),
      ...(order.dryRun ? { query: { dryRun: true } } : {}),
      headers: {
        'content-type': body.contentType,
        ...(preference === undefined ? {} : { prefer: preference }),
        ...(entityTag === undefined ? {} : { 'if-match': entityTag }),
      },
      body: () => sent(body.bytes(watcher.onBytes), watcher),
    });
    return answer.status === 202 ? await awaitImport(client, answer) : outcomeOf(answer.body);
  } catch (error) {
    const ledger = error instanceof ProblemAnswer ? error.attributes : undefined;
    if (!(error instanceof ProblemAnswer) || !Check(importSchema, ledger)) throw error;
    return { ledger, refusal: error.message };
  }
}

function targetPath(order: ImportOrder): string {
  return order.edit === undefined
    ? '/service/importedCustomerAudiences'
    : `/service/customerAudiences/${encodeURIComponent(order.edit.audienceId)}/importedCustomers`;
}

async function* sent(bytes: AsyncIterable<Uint8Array>, watcher: ImportWatcher): AsyncGenerator<Uint8Array> {
  yield* bytes;
  watcher.onSent();
}

function outcomeOf(body: unknown): ImportOutcome {
  const audience = checked(audienceSchema, body);
  if (audience.import === undefined) throw new CliError('the server answered an audience without its import');
  return { audience, ledger: audience.import };
}

async function awaitImport(client: ApiClient, accepted: ApiAnswer): Promise<ImportOutcome> {
  const path = accepted.headers.get('location') ?? `${importsPath}/${checked(runningImportSchema, accepted.body).id}`;
  for (let pauseMs = pollMsFirst; ; pauseMs = Math.min(pollMsMax, pauseMs * 1.5)) {
    await delay(pauseMs);
    const { body } = await client.send({ path });
    if (endStates.has(checked(runningImportSchema, body).state))
      return await endedImport(client, checked(importSchema, body));
  }
}

async function endedImport(client: ApiClient, ledger: ImportAnswer): Promise<ImportOutcome> {
  if (ledger.state !== 'completed' || ledger.customerAudienceId === undefined) {
    const why = ledger.problem === undefined ? `the import is ${ledger.state}` : problemLine(422, ledger.problem);
    return { ledger, refusal: why };
  }
  const path = `/service/customerAudiences/${encodeURIComponent(ledger.customerAudienceId)}`;
  return { ledger, audience: await client.read(audienceSchema, { path }) };
}
