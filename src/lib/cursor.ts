import { createHmac, timingSafeEqual } from 'node:crypto';
import { keyObjectOf } from './key-object.ts';
import { Problem } from './problem.ts';

/** Where a page ended: the sort values of its last item, completed by the id (or a version and an ordinal). */
export type CursorPosition = readonly (string | number | null)[];

/** `start` has at most 256 characters (api.md section 1); base64url carries 6 bits in each. */
const cursorCharactersMax = 256;
const macBytes = 16;
const payloadBytesMax = (cursorCharactersMax * 6) / 8 - macBytes;
const base64url = /^[A-Za-z0-9_-]+$/;

/**
 * Writes the opaque `start` of the next page: base64url of MAC and position, at most 256 characters. The MAC
 * (HMAC-SHA-256 cut to 128 bits) covers the binding (institution, collection, filters, sort), so a cursor is worth
 * nothing anywhere else.
 *
 * Texts that would make it too long are left out, the longest first, and come back as `null`: who sorts by a long text
 * looks it up by the id, which stands last, and answers 400 when that row is gone.
 *
 * @throws RangeError when even the numbers do not fit
 */
export function encodeCursor(key: Uint8Array, binding: string, position: CursorPosition): string {
  const payload = Buffer.from(JSON.stringify(shorten(position)), 'utf8');
  return Buffer.concat([macOf(key, binding, payload), payload]).toString('base64url');
}

/**
 * Reads what {@link encodeCursor} wrote under the same key and binding.
 *
 * @throws Problem `badRequest` when it is malformed, changed, or was made for another collection, filter or sort
 */
export function decodeCursor(key: Uint8Array, binding: string, start: string): CursorPosition {
  if (start.length > cursorCharactersMax || !base64url.test(start)) throw invalidCursor();
  const bytes = Buffer.from(start, 'base64url');
  // Several texts decode to the same bytes when the last character has spare bits: only the canonical one is ours.
  if (bytes.length <= macBytes || bytes.toString('base64url') !== start) throw invalidCursor();
  const payload = bytes.subarray(macBytes);
  if (!timingSafeEqual(bytes.subarray(0, macBytes), macOf(key, binding, payload))) throw invalidCursor();
  const position: unknown = JSON.parse(payload.toString('utf8'));
  if (!isPosition(position)) throw invalidCursor();
  return position;
}

function macOf(key: Uint8Array, binding: string, payload: Uint8Array): Buffer {
  const bindingBytes = Buffer.from(binding, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bindingBytes.length);
  // The length first: no part of the binding can pass for a part of the payload.
  const mac = createHmac('sha256', keyObjectOf(key)).update(length).update(bindingBytes).update(payload);
  return mac.digest().subarray(0, macBytes);
}

function shorten(position: CursorPosition): CursorPosition {
  let short = position;
  while (jsonBytes(short) > payloadBytesMax) {
    const longest = short.reduce<number>((best, _part, index) => {
      return textBytes(short[index]) > textBytes(short[best]) ? index : best;
    }, 0);
    if (textBytes(short[longest]) === 0) throw new RangeError('a cursor position is too long');
    short = short.map((part, index) => (index === longest ? null : part));
  }
  return short;
}

function jsonBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value), 'utf8');
}

function textBytes(part: string | number | null | undefined): number {
  return typeof part === 'string' ? jsonBytes(part) : 0;
}

function isPosition(value: unknown): value is CursorPosition {
  return (
    Array.isArray(value) &&
    value.every(
      (part) => part === null || typeof part === 'string' || (typeof part === 'number' && Number.isFinite(part)),
    )
  );
}

function invalidCursor(): Problem {
  return new Problem('badRequest', {
    detail: 'start is not a cursor of this collection with these filters and this sort. Begin again without start.',
  });
}
