import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { MemoryBudget } from './memory-budget.ts';
import { createReadingSession, type ReadingSession } from './reading-session.ts';
import { startReadingWorker, WorkerLink } from './worker-link.ts';

/** Buffers of a session that has read a few lines. */
const sessionBytesMin = 8_388_608;
const defaultMemoryBytesMax = 1_073_741_824;
const defaultMemoryWaitMs = 10_000;

export interface ListReaderOptions {
  /** Threads; default 1 on two cores, else 2. They start when they are needed. */
  readonly workers?: number;
  /** Memory of all lists at once, by accounting; default 1 GiB, which is about 20 M lines. */
  readonly memoryBytesMax?: number;
  /** How long a list waits for memory before it is refused. */
  readonly memoryWaitMs?: number;
  /** How a thread starts; a test that ends threads gets hold of them here. */
  readonly startWorker?: () => Worker;
}

/** Reads lists in worker threads: see `ReadingSession`. */
export interface ListReader {
  /** @throws Problem `serviceUnavailable` when other lists use all the memory */
  open(): Promise<ReadingSession>;
  /** Ends the threads; sessions that are open fail. */
  close(): Promise<void>;
}

export function createListReader(options: ListReaderOptions = {}): ListReader {
  const workersMax = options.workers ?? Math.max(1, Math.min(2, availableParallelism() - 1));
  const budget = new MemoryBudget({
    bytesMax: options.memoryBytesMax ?? defaultMemoryBytesMax,
    waitMs: options.memoryWaitMs ?? defaultMemoryWaitMs,
  });
  const startWorker = options.startWorker ?? startReadingWorker;
  const links = new Set<WorkerLink>();
  let lastSession = 0;
  let isClosed = false;

  /** An idle thread, else a new one while there may be more, else the one with the fewest sessions. */
  function chooseLink(): WorkerLink {
    const [quietest] = [...links].toSorted((a, b) => a.sessionCount - b.sessionCount);
    if (quietest !== undefined && (quietest.sessionCount === 0 || links.size >= workersMax)) return quietest;
    const link: WorkerLink = new WorkerLink({ startWorker, onGone: () => links.delete(link) });
    links.add(link);
    return link;
  }

  return {
    async open() {
      const memory = budget.open();
      await memory.reserve(sessionBytesMin);
      if (isClosed) {
        memory.release();
        throw new Error('the list reader is closed');
      }
      lastSession += 1;
      return createReadingSession({ link: chooseLink(), id: lastSession, memory });
    },
    async close() {
      isClosed = true;
      await Promise.all([...links].map((link) => link.close()));
    },
  };
}
