import { Problem } from '../../../lib/problem.ts';
import type { WireError } from './load-protocol.ts';

/** Of an unexpected error only its class and the places in the code travel: its message might quote a value. */
export function toWireError(error: unknown): WireError {
  if (error instanceof Problem) {
    return { type: error.type, detail: error.detail, attributes: error.attributes, places: '' };
  }
  const frames = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line)) : [];
  const name = error instanceof Error ? error.name : 'unknown';
  return { type: undefined, detail: undefined, attributes: undefined, places: [name, ...frames].join('\n') };
}

export function fromWireError(error: WireError): Error {
  if (error.type === undefined) {
    const failure = new Error('a load worker failed');
    failure.stack = `${failure.message}: ${error.places}`;
    return failure;
  }
  return new Problem(error.type, {
    ...(error.detail === undefined ? {} : { detail: error.detail }),
    ...(error.attributes === undefined ? {} : { attributes: error.attributes }),
  });
}
