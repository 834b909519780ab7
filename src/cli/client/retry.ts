import { setTimeout as delay } from 'node:timers/promises';

const attemptsMax = 6;
const pauseMsFirst = 500;
/** A server that asks for more patience than this gets the answer reported instead. */
const pauseMsMax = 60_000;

export type Attempt<T> =
  | { readonly done: T }
  /** Worth another try, after so many milliseconds if the server said so; `failure` is thrown when patience ends. */
  | { readonly again: { readonly afterMs?: number | undefined; readonly failure: Error } };

/** Runs `attempt` until it is done, six times at most, with pauses that double or are as long as the server asked. */
export async function withRetries<T>(attempt: () => Promise<Attempt<T>>): Promise<T> {
  for (let number = 1; ; number++) {
    const outcome = await attempt();
    if ('done' in outcome) return outcome.done;
    const pauseMs = outcome.again.afterMs ?? pauseMsFirst * 2 ** (number - 1);
    if (number === attemptsMax || pauseMs > pauseMsMax) throw outcome.again.failure;
    await delay(pauseMs);
  }
}

/** `Retry-After` (RFC 9110 section 10.2.3): seconds or a date. */
export function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
