import { Problem } from '../lib/problem.ts';
import { StartRefused } from '../lib/start-refused.ts';
import { databaseErrorCode } from './error-facts.ts';

/** Serialization failure and deadlock: PostgreSQL asks for the whole transaction to be run again. */
const retryableCodes = new Set(['40001', '40P01']);
const lockTimeoutCode = '55P03';
/** Class 08, admin shutdown, crash, starting up, too many connections; and what the socket itself reports. */
const lostCodes = /^(08...|57P0[1-5]|53300|ECONNRESET|ECONNREFUSED|EPIPE|ENOENT|ETIMEDOUT|EAI_AGAIN|ENOTFOUND)$/;
/** pg has no code for these. */
const lostMessages = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
  'Cannot use a pool after calling end on the pool',
];

export function isRetryable(error: unknown): boolean {
  const code = databaseErrorCode(error);
  return code !== undefined && retryableCodes.has(code);
}

export function isConnectionLost(error: unknown): boolean {
  // A key file that is gone has a code too; it says for itself what is wrong.
  if (!(error instanceof Error) || error instanceof Problem || error instanceof StartRefused) return false;
  const code = databaseErrorCode(error);
  if (code !== undefined) return lostCodes.test(code);
  return lostMessages.some((text) => error.message.startsWith(text));
}

/** The error as callers see it: what the database cannot do now is 503 with `Retry-After`, the rest stays. */
export function publicFailure(error: unknown): unknown {
  if (error instanceof Problem) return error;
  if (databaseErrorCode(error) === lockTimeoutCode) {
    return unavailable('Another change holds this data. Try again in a moment.', '2', error);
  }
  if (isRetryable(error)) return unavailable('Other changes kept getting in the way. Try again.', '1', error);
  if (isConnectionLost(error)) return unavailable('The database does not answer. Try again later.', '5', error);
  return error;
}

function unavailable(detail: string, retryAfterSeconds: string, cause: unknown): Problem {
  return new Problem('serviceUnavailable', { detail, headers: { 'Retry-After': retryAfterSeconds }, cause });
}
