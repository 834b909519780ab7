import { parentPort } from 'node:worker_threads';
import { countOverlaps } from './overlap-counts.ts';
import type { OverlapOrder, OverlapReply } from './overlap-thread.ts';

// The thread that counts overlaps, one order after the other.

parentPort?.on('message', ({ id, sets }: OverlapOrder) => {
  const reply = (message: OverlapReply) => parentPort?.postMessage(message);
  try {
    reply({ id, counts: countOverlaps(sets) });
  } catch {
    // The reason would quote bytes at most; the main thread says what was asked.
    reply({ id, counts: undefined });
  }
});
