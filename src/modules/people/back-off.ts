/** So many tries in a row may fail before the next one has to wait. */
export const freeFailures = 5;
const firstWaitMs = 1_000;
const longestWaitMs = 15 * 60_000;

/**
 * How long after a failure no further try is looked at: nothing for the first four, then 1 s, doubling with each
 * failure up to 15 minutes. Never for good: who knows a login name must not be able to shut its owner out.
 *
 * @param failedCount failures in a row, this one included
 */
export function waitAfterMs(failedCount: number): number {
  if (failedCount < freeFailures) return 0;
  // 2^10 s is above the longest wait already.
  return Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failedCount - freeFailures, 10));
}
