import { writeSync } from 'node:fs';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { toWireError } from '../../../lib/wire-error.ts';
import { AccountReading } from '../accounts/account-reading.ts';
import type {
  CustomerTerms,
  FromReader,
  ReaderToSealer,
  SealerToReader,
  SealingBatch,
  StoredAnswer,
  ToReader,
} from './load-protocol.ts';
import { LoadReading, type Reading, type SpoolWriters } from './load-reading.ts';
import type { SpoolDescriptors } from './spool.ts';
import { writeWhole } from './write-whole.ts';

// The thread that reads loads, one after the other: parses, canonicalises, blinds; the sealing thread does the rest.

type Opened = Extract<ToReader, { kind: 'open' }>;

/** Batches that wait for the sealing thread; each is a few hundred kilobytes. */
const batchesInFlightMax = 3;

let reading: Reading | undefined;
let ending: () => Promise<void> = async () => {};
let answerStored: (stored: StoredAnswer) => void = () => {};
let work: Promise<void> = Promise.resolve();

function post(message: FromReader): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (message: ToReader) => {
  // Answers arrive while a piece is worked on; all else is done in order.
  if (message.kind === 'stored') {
    answerStored(message.stored);
    return;
  }
  work = work
    .then(() => handle(message))
    .catch(async (error: unknown) => {
      reading?.[Symbol.dispose]();
      reading = undefined;
      // The sealing thread must have left the spool before the main thread closes it.
      await ending();
      post({ kind: 'failed', error: toWireError(error) });
    });
});

async function handle(message: Exclude<ToReader, { kind: 'stored' }>): Promise<void> {
  if (message.kind === 'open') {
    open(message);
    return;
  }
  // After a failure the main thread stops sending; what was on its way is passed over.
  if (reading === undefined) return;
  if (message.kind === 'piece') {
    await reading.push(message.bytes);
    post({ kind: 'taken', lineCount: reading.lineCount });
    return;
  }
  const summary = await reading.end();
  await ending();
  reading[Symbol.dispose]();
  reading = undefined;
  post({ kind: 'done', summary });
}

function open({ terms, spool, sealer }: Opened): void {
  if (terms.kind === 'accounts') {
    ending = async () => {};
    reading = new AccountReading(terms, writersOf(spool));
  } else if (sealer !== undefined) openCustomers(terms, spool, sealer);
}

function openCustomers(terms: CustomerTerms, spool: SpoolDescriptors, sealer: MessagePort): void {
  let inFlight = 0;
  let wake: () => void = () => {};
  let ended: () => void = () => {};
  sealer.on('message', (message: SealerToReader) => {
    if (message.kind === 'ended') {
      ended();
      return;
    }
    inFlight -= 1;
    wake();
  });
  const send = (message: ReaderToSealer, transfer: ArrayBuffer[] = []) => sealer.postMessage(message, transfer);
  ending = () =>
    new Promise((resolve) => {
      ended = () => {
        sealer.close();
        resolve();
      };
      send({ kind: 'end' });
    });
  reading = new LoadReading(terms, {
    ...writersOf(spool),
    async seal(batch) {
      while (inFlight >= batchesInFlightMax) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      inFlight += 1;
      send({ kind: 'batch', batch }, buffersOf(batch));
    },
    async findStored(coreCustomerIds) {
      return await new Promise((resolve) => {
        answerStored = resolve;
        post({ kind: 'find', coreCustomerIds });
      });
    },
  });
}

function writersOf(spool: SpoolDescriptors): SpoolWriters {
  return {
    writeRows: (rows) => writeWhole(writeSync, spool.rows, rows),
    writeLinks: (rows) => writeWhole(writeSync, spool.links, rows),
    writeRefusedKeys: (rows) => writeWhole(writeSync, spool.refusedKeys, rows),
  };
}

function buffersOf(batch: SealingBatch): ArrayBuffer[] {
  return [batch.heads, batch.keys, batch.profiles, batch.identifiers].flatMap(({ bytes, offsets }) =>
    [bytes.buffer, offsets.buffer].filter((buffer) => buffer instanceof ArrayBuffer),
  );
}
