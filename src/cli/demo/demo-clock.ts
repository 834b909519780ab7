import { existsSync } from 'node:fs';
import type { Clock } from '../../lib/clock.ts';

const weekMs = 7 * 24 * 60 * 60 * 1_000;

/** The time of a demo: weeks ago while the past of its bank is made, the true one from then on. It never goes back. */
export interface DemoClock extends Clock {
  /** Whether it is still in the past. */
  readonly isPast: boolean;
  /** Goes on to so many weeks before now. */
  goTo(weeksAgo: number): void;
}

/** A bank that is there from an earlier start has its past: its time goes on from then. */
export function createDemoClock(options: { dataDir: string; weeksAgo: number }): DemoClock {
  let agoMs = existsSync(options.dataDir) ? 0 : options.weeksAgo * weekMs;
  return {
    now: () => new Date(Date.now() - agoMs),
    get isPast() {
      return agoMs > 0;
    },
    goTo(weeksAgo) {
      agoMs = Math.min(agoMs, weeksAgo * weekMs);
    },
  };
}
