import { setTimeout as delay } from 'node:timers/promises';

/** The longest wait: the rest of a second, and what clocks of two servers differ. */
const waitMsMax = 2_000;
/** A timer may be early by this much. */
const timerErrorMs = 2;
/** Somebody may change the same thing again and again. */
const readingsMax = 3;

/**
 * Finds somebody as they are once the second is over in which their tokens were last ended. Tokens tell their age in
 * whole seconds, rounded down, so one that is issued in that second would be refused for all of its life. What was
 * changed during the wait is seen: they are read again after it.
 */
export async function findAfterChange<Found extends { readonly tokensValidAfter: Date }>(
  find: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  let found = await find();
  for (let reading = 1; reading < readingsMax && found !== undefined; reading += 1) {
    if (!(await waitForSecondAfter(found.tokensValidAfter))) break;
    found = await find();
  }
  return found;
}

/** @returns false when there was nothing to wait for; otherwise look again at what has waited */
export async function waitForSecondAfter(change: Date): Promise<boolean> {
  const end = Math.ceil(change.getTime() / 1_000) * 1_000;
  const waitMs = end - Date.now();
  if (waitMs <= 0 || waitMs > waitMsMax) return false;
  // Once: a clock that is set back must not hold anybody for longer.
  await delay(waitMs + timerErrorMs);
  return true;
}
