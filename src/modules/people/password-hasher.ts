import { randomBytes } from 'node:crypto';
import { hash, parseOptions, verify } from '@node-rs/argon2';
import { Problem } from '../../lib/problem.ts';

/** OWASP Password Storage Cheat Sheet, argon2id (the library's default algorithm): 19 MiB, 2 passes, 1 lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Each run takes 19 MiB and one of the four threads that Node also reads files and resolves names with: two at once
 * leave it two.
 */
const runsMaxDefault = 2;
/** At 30 ms a run the last of them waits under a second. */
const waitingMaxDefault = 50;
const retryAfterSeconds = 2;

/** All password hashing of the process: a bounded number at once, so that signing in cannot exhaust the memory. */
export interface PasswordHasher {
  /** @returns the hash in PHC form. @throws Problem `serviceUnavailable` when too many wait */
  hash(password: string): Promise<string>;
  /**
   * @param stored undefined for an account that does not exist or has no password: it costs the same, and is false
   * @throws Problem `serviceUnavailable` when too many wait
   */
  verify(stored: string | undefined, password: string): Promise<boolean>;
  /** Whether a hash was made with less than is asked for today. */
  isWeak(stored: string): boolean;
}

export function createPasswordHasher(options: { runsMax?: number; waitingMax?: number } = {}): PasswordHasher {
  const inTurn = createTurns({
    runsMax: options.runsMax ?? runsMaxDefault,
    waitingMax: options.waitingMax ?? waitingMaxDefault,
  });
  const dummy = dummyHash();
  return {
    hash: (password) => inTurn(() => hash(password, parameters)),
    async verify(stored, password) {
      const right = await inTurn(() => verify(stored ?? dummy, password));
      return stored !== undefined && right;
    },
    isWeak(stored) {
      const used = parseOptions(stored);
      return used.memoryCost < parameters.memoryCost || used.timeCost < parameters.timeCost;
    },
  };
}

/** Nobody's hash, of today's parameters: random bytes stand where the result would. */
function dummyHash(): string {
  const part = (bytes: number) => randomBytes(bytes).toString('base64').replace(/=+$/, '');
  const { memoryCost, timeCost, parallelism } = parameters;
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${part(16)}$${part(32)}`;
}

/** Runs at most so many at once; others wait in order, and beyond that they are sent away. */
function createTurns({ runsMax, waitingMax }: { runsMax: number; waitingMax: number }) {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (running < runsMax) running += 1;
    else if (waiting.length >= waitingMax) throw tooMany();
    // Whoever ends hands its turn over, so that nobody comes in between.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

function tooMany(): Problem {
  return new Problem('serviceUnavailable', {
    detail: 'Too many people sign in at this moment. Try again in a few seconds.',
    headers: { 'Retry-After': String(retryAfterSeconds) },
  });
}
