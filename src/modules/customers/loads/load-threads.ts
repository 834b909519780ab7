import { Worker } from 'node:worker_threads';
import { workerUrl } from '../../../lib/worker-url.ts';

/** The two threads that work on a load: one reads, one seals. */
export interface LoadThreads {
  readonly reader: Worker;
  readonly sealer: Worker;
}

/** A start takes a third of a second, so one pair waits for the next load; nothing of a load stays in it. */
export interface LoadThreadPool {
  take(): LoadThreads;
  /** For threads that have put their load away; others are stopped instead. */
  giveBack(threads: LoadThreads): Promise<void>;
  close(): Promise<void>;
}

export function createLoadThreadPool(): LoadThreadPool {
  let idle: LoadThreads | undefined;
  let isClosed = false;
  return {
    take() {
      const threads = idle ?? startThreads();
      idle = undefined;
      threads.reader.removeAllListeners();
      threads.sealer.removeAllListeners();
      return threads;
    },
    async giveBack(threads) {
      for (const worker of [threads.reader, threads.sealer]) {
        worker.removeAllListeners();
        worker.unref();
        // An idle thread that dies is not handed out again.
        worker.once('exit', () => {
          if (idle === threads) idle = undefined;
        });
        worker.on('error', () => {});
      }
      if (idle === undefined && !isClosed) idle = threads;
      else await stopThreads(threads);
    },
    async close() {
      isClosed = true;
      if (idle !== undefined) await stopThreads(idle);
      idle = undefined;
    },
  };
}

export async function stopThreads({ reader, sealer }: LoadThreads): Promise<void> {
  await Promise.all([reader.terminate(), sealer.terminate()]);
}

function startThreads(): LoadThreads {
  return {
    reader: new Worker(workerUrl(import.meta.url, 'load-reading-worker'), { name: 'rollcall-load-reading' }),
    sealer: new Worker(workerUrl(import.meta.url, 'load-sealing-worker'), { name: 'rollcall-load-sealing' }),
  };
}
