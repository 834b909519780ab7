import { EventEmitter, once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Problem } from '../../../lib/problem.ts';
import { workerUrl } from '../../../lib/worker-url.ts';
import type { OverlapCounts, OverlapSets } from './overlap-counts.ts';

/** To the thread. */
export interface OverlapOrder {
  readonly id: number;
  readonly sets: OverlapSets;
}

/** From the thread; no counts = it could not. */
export interface OverlapReply {
  readonly id: number;
  readonly counts: OverlapCounts | undefined;
}

/** Each holds the bitmaps of up to 20 audiences, some 50 MB of a base of 20 M customers. */
const waitingMax = 8;
const retryAfterSeconds = '1';

export interface OverlapThread {
  /**
   * Counts in a thread of its own, which starts with the first order: 20 sets of half a million would hold up the event
   * loop for a fifth of a second.
   *
   * @param load gives the sets; it is asked only when there is room
   * @throws Problem `serviceUnavailable` when too many wait
   */
  count(load: () => Promise<OverlapSets>): Promise<OverlapCounts>;
  close(): Promise<void>;
}

export function createOverlapThread(): OverlapThread {
  let running: RunningThread | undefined;
  let waiting = 0;
  return {
    async count(load) {
      if (waiting >= waitingMax) throw tooManyWait();
      waiting += 1;
      try {
        const sets = await load();
        if (running === undefined || running.isGone()) running = startThread();
        return await running.count(sets);
      } finally {
        waiting -= 1;
      }
    },
    async close() {
      await running?.close();
      running = undefined;
    },
  };
}

interface RunningThread {
  count(sets: OverlapSets): Promise<OverlapCounts>;
  isGone(): boolean;
  close(): Promise<void>;
}

function startThread(): RunningThread {
  const worker = new Worker(workerUrl(import.meta.url, 'overlap-worker'), { name: 'rollcall-overlaps' });
  const replies = new EventEmitter();
  const ended = new AbortController();
  let lastId = 0;
  // It must not keep the process alive.
  worker.unref();
  replies.setMaxListeners(waitingMax + 1);
  worker.on('message', (reply: OverlapReply) => replies.emit(String(reply.id), reply));
  worker.on('error', () => ended.abort());
  worker.on('exit', () => ended.abort());
  return {
    async count(sets) {
      lastId += 1;
      const order: OverlapOrder = { id: lastId, sets };
      const replied = once(replies, String(order.id), { signal: ended.signal });
      worker.postMessage(order);
      const [reply]: readonly OverlapReply[] = await replied;
      if (reply?.counts === undefined) throw new Error('overlaps could not be counted');
      return reply.counts;
    },
    isGone: () => ended.signal.aborted,
    async close() {
      await worker.terminate();
    },
  };
}

function tooManyWait(): Problem {
  return new Problem('serviceUnavailable', {
    detail: 'Too many overlaps are being counted. Try again in a moment.',
    headers: { 'Retry-After': retryAfterSeconds },
  });
}
