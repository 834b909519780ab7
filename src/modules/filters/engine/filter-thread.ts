import { Worker } from 'node:worker_threads';
import { Problem } from '../../../lib/problem.ts';
import { fromWireError } from '../../../lib/wire-error.ts';
import { workerUrl } from '../../../lib/worker-url.ts';
import type { BaseRef, FromFilterWorker, Question, Reply, ToFilterWorker } from './filter-protocol.ts';

export interface FilterMemory {
  /** Columns of bases: 4 or 8 bytes a customer and column. */
  readonly columnBytesMax: number;
  /** Bitmaps of leaves and audiences. */
  readonly bitmapBytesMax: number;
}

/** The thread that judges filters; started when it is first wanted, and again after it has died. */
export interface FilterThread {
  ask(base: BaseRef, question: Question): Promise<Reply>;
  /** Gives it what it lacks; `bytes` of the message move there and are gone here. */
  give(message: Exclude<ToFilterWorker, { kind: 'ask' }>, bytes?: Uint8Array): void;
  /** A number for the pieces of one load. */
  nextLoad(): number;
  close(): Promise<void>;
}

export function createFilterThread(memory: FilterMemory): FilterThread {
  const pending = new Map<number, { resolve(reply: Reply): void; reject(error: Error): void }>();
  let worker: Worker | undefined;
  let lastNumber = 0;

  const start = (): Worker => {
    const started = new Worker(workerUrl(import.meta.url, 'filter-worker'), {
      name: 'rollcall-filters',
      workerData: memory,
    });
    started.unref();
    started.on('message', (message: FromFilterWorker) => {
      const call = pending.get(message.id);
      pending.delete(message.id);
      if (message.isOk) call?.resolve(message.reply);
      else call?.reject(fromWireError(message.error, 'filter'));
    });
    const fail = () => {
      if (worker === started) worker = undefined;
      for (const { reject } of pending.values()) reject(threadEnded());
      pending.clear();
      void started.terminate();
    };
    started.once('error', fail);
    started.once('messageerror', fail);
    started.once('exit', fail);
    return started;
  };

  const post = (message: ToFilterWorker, transfer: ArrayBuffer[] = []): void => {
    worker ??= start();
    worker.postMessage(message, transfer);
  };

  const nextNumber = () => {
    lastNumber += 1;
    return lastNumber;
  };

  return {
    ask: (base, question) =>
      new Promise((resolve, reject) => {
        const id = nextNumber();
        pending.set(id, { resolve, reject });
        post({ kind: 'ask', id, base, question });
      }),
    give(message, bytes) {
      const isWhole = bytes !== undefined && bytes.byteLength === bytes.buffer.byteLength;
      post(message, isWhole && bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : []);
    },
    nextLoad: nextNumber,
    async close() {
      const ending = worker;
      worker = undefined;
      await ending?.terminate();
    },
  };
}

/** Most likely it ran out of memory; the next call starts another. */
function threadEnded(): Problem {
  return new Problem('serviceUnavailable', {
    detail: 'The thread that judges filters ended. Try again in a moment.',
    headers: { 'Retry-After': '5' },
  });
}
