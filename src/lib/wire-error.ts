import { Problem, type ProblemName } from './problem.ts';

/** An error on its way from one thread to another. */
export type WireError =
  | {
      readonly type: ProblemName;
      readonly detail: string | undefined;
      readonly attributes: Readonly<Record<string, unknown>> | undefined;
    }
  | { readonly type: undefined; readonly name: string; readonly stack: string };

/** Of an unexpected error only the class and the places in the code travel: its message might quote a value. */
export function toWireError(error: unknown): WireError {
  if (error instanceof Problem) return { type: error.type, detail: error.detail, attributes: error.attributes };
  if (!(error instanceof Error)) return { type: undefined, name: 'unknown', stack: '' };
  const places = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return { type: undefined, name: error.name, stack: places.join('\n') };
}

/** @param thread what the failed thread is for, for the log */
export function fromWireError(error: WireError, thread: string): Error {
  if (error.type === undefined) {
    const failure = new Error(`the ${thread} worker failed with ${error.name}`);
    failure.stack = `${failure.name}: ${failure.message}\n${error.stack}`;
    return failure;
  }
  return new Problem(error.type, {
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.attributes === undefined ? {} : { attributes: error.attributes }),
    ...(error.type === 'serviceUnavailable' ? { headers: { 'Retry-After': retryAfterSeconds } } : {}),
  });
}

export const retryAfterSeconds = '10';
