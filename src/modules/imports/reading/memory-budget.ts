import { Problem } from '../../../lib/problem.ts';
import { retryAfterSeconds } from '../../../lib/wire-error.ts';

/** What one holder has of the budget. */
export interface Reservation {
  /** @throws Problem `serviceUnavailable` when there is no room in time, `payloadTooLarge` when there never will be */
  reserve(bytesInAll: number): Promise<void>;
  /** Gives all of it back; what waits is refused. */
  release(): void;
}

interface Waiting {
  readonly holder: Holder;
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

interface Holder {
  bytes: number;
}

/**
 * Accounts for the memory of all lists that are read at once. A holder that would go over the budget waits until others
 * give theirs back, but not for ever: two that wait for each other would never end.
 */
export class MemoryBudget {
  readonly #bytesMax: number;
  readonly #waitMs: number;
  #used = 0;
  #waiting: Waiting[] = [];

  constructor(options: { bytesMax: number; waitMs: number }) {
    this.#bytesMax = options.bytesMax;
    this.#waitMs = options.waitMs;
  }

  get bytesUsed(): number {
    return this.#used;
  }

  open(): Reservation {
    const holder: Holder = { bytes: 0 };
    return {
      reserve: (bytesInAll) => this.#reserve(holder, bytesInAll),
      release: () => this.#release(holder),
    };
  }

  async #reserve(holder: Holder, bytes: number): Promise<void> {
    if (bytes > this.#bytesMax) {
      throw new Problem('payloadTooLarge', { detail: 'The list needs more memory than lists may use on this server.' });
    }
    if (this.#take(holder, bytes)) return;
    await new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        holder,
        bytes,
        resolve,
        reject,
        timer: setTimeout(() => this.#refuse(waiting), this.#waitMs),
      };
      this.#waiting.push(waiting);
    });
  }

  #take(holder: Holder, bytes: number): boolean {
    const more = Math.max(0, bytes - holder.bytes);
    if (this.#used + more > this.#bytesMax) return false;
    this.#used += more;
    holder.bytes += more;
    return true;
  }

  #refuse(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    waiting.reject(
      new Problem('serviceUnavailable', {
        detail: 'Other lists use the memory that is set aside for reading lists. Send the list again later.',
        headers: { 'Retry-After': retryAfterSeconds },
      }),
    );
  }

  #release(holder: Holder): void {
    this.#used -= holder.bytes;
    holder.bytes = 0;
    for (const waiting of this.#waiting) if (waiting.holder === holder) this.#refuse(waiting);
    for (const waiting of this.#waiting) {
      if (!this.#take(waiting.holder, waiting.bytes)) continue;
      clearTimeout(waiting.timer);
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      waiting.resolve();
    }
  }
}
