import { MessageChannel } from 'node:worker_threads';
import { fromWireError } from '../../../lib/wire-error.ts';
import type {
  FromReader,
  FromSealer,
  LoadSummary,
  ReadingTerms,
  SealerOrder,
  StoredAnswer,
  ToReader,
} from './load-protocol.ts';
import { type LoadThreadPool, type LoadThreads, stopThreads } from './load-threads.ts';
import type { Spool } from './spool.ts';

export interface LoadWorkersOptions {
  readonly terms: ReadingTerms;
  readonly spool: Spool;
  /** For customers, of whom a row may keep something. */
  readonly findStored?: (coreCustomerIds: readonly string[]) => Promise<StoredAnswer>;
  readonly onProgress: (lineCount: number) => void;
}

/** Two threads at work on one load. */
export interface LoadWorkers extends AsyncDisposable {
  /** Rejects when a thread fails or the file is refused; never resolves. */
  readonly failed: Promise<never>;
  /** Pieces that were sent and not yet worked on. */
  readonly inFlight: () => number;
  /** Resolves when a piece has been worked on. */
  taken(): Promise<void>;
  send(piece: Uint8Array<ArrayBuffer>): void;
  /** No more pieces; resolves when everything is in the spool. */
  finish(): Promise<LoadSummary>;
}

export function startLoadWorkers(pool: LoadThreadPool, options: LoadWorkersOptions): LoadWorkers {
  const threads = pool.take();
  const { reader, sealer } = threads;
  /** Both threads have put the load away: they can take another one. */
  let areFree = false;
  const failure = Promise.withResolvers<never>();
  const done = Promise.withResolvers<LoadSummary>();
  let inFlight = 0;
  let wake: () => void = () => {};
  // Whoever waits hears of it; without a waiter it must not end the process.
  failure.promise.catch(() => {});
  done.promise.catch(() => {});

  const send = (message: ToReader, transfer: ArrayBuffer[] = []) => reader.postMessage(message, transfer);
  const answer = async (coreCustomerIds: readonly string[]) => {
    try {
      if (options.findStored === undefined) throw new Error('a load asked for customers that it has no part in');
      send({ kind: 'stored', stored: await options.findStored(coreCustomerIds) });
    } catch (error) {
      failure.reject(error);
    }
  };
  reader.on('message', (message: FromReader) => {
    if (message.kind === 'failed') {
      // A refused file is nothing unusual; after anything else the threads are not trusted again.
      areFree = message.error.type !== undefined;
      failure.reject(fromWireError(message.error, 'load'));
    } else if (message.kind === 'done') {
      areFree = true;
      done.resolve(message.summary);
    } else if (message.kind === 'find') void answer(message.coreCustomerIds);
    else {
      inFlight -= 1;
      options.onProgress(message.lineCount);
      wake();
    }
  });
  sealer.on('message', (message: FromSealer) => failure.reject(fromWireError(message.error, 'load')));
  for (const worker of [reader, sealer]) {
    worker.on('error', () => failure.reject(new Error('a load worker failed')));
    worker.on('messageerror', () => failure.reject(new Error('a load worker sent what cannot be read')));
    worker.on('exit', () => failure.reject(new Error('a load worker ended')));
  }

  openLoad(threads, options);
  return {
    failed: failure.promise,
    inFlight: () => inFlight,
    taken: () =>
      new Promise((resolve) => {
        wake = resolve;
      }),
    send(piece) {
      inFlight += 1;
      send({ kind: 'piece', bytes: piece }, [piece.buffer]);
    },
    async finish() {
      send({ kind: 'end' });
      return await Promise.race([done.promise, failure.promise]);
    },
    // Before the spool closes they must be done or gone: a descriptor that is closed may become another file's.
    async [Symbol.asyncDispose]() {
      if (areFree) await pool.giveBack(threads);
      else await stopThreads(threads);
    },
  };
}

/** Tells each thread what to do; of customers, one seals what the other has read. */
function openLoad({ reader, sealer }: LoadThreads, { terms, spool }: LoadWorkersOptions): void {
  if (terms.kind === 'accounts') {
    const opening: ToReader = { kind: 'open', terms, spool: spool.descriptors };
    reader.postMessage(opening);
    return;
  }
  const { port1, port2 } = new MessageChannel();
  const { institutionId, dataKey } = terms.keys;
  const order: SealerOrder = { reader: port1, keys: { institutionId, dataKey }, spool: spool.descriptors.rows };
  sealer.postMessage(order, [port1]);
  const opening: ToReader = { kind: 'open', terms, spool: spool.descriptors, sealer: port2 };
  reader.postMessage(opening, [port2]);
}
