import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from './cursor.ts';

const key = new Uint8Array(32).fill(1);
const part = fc.oneof(fc.string({ maxLength: 20 }), fc.integer(), fc.constant(null));

test('what is written comes back, in at most 256 characters of base64url', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), fc.string(), (position, binding) => {
      const start = encodeCursor(key, binding, position);
      assert.match(start, /^[A-Za-z0-9_-]{1,256}$/);
      assert.deepEqual(decodeCursor(key, binding, start), position);
    }),
  );
});

test('a changed, foreign or malformed cursor is a bad request', () => {
  const start = encodeCursor(key, 'DEMOBANK /x', ['name', 5]);
  for (let index = 0; index < start.length; index += 1) {
    for (const other of ['A', 'B', '_']) {
      const changed = `${start.slice(0, index)}${other}${start.slice(index + 1)}`;
      if (changed !== start) assert.throws(() => decodeCursor(key, 'DEMOBANK /x', changed), { type: 'badRequest' });
    }
  }
  assert.throws(() => decodeCursor(key, 'OTHER /x', start), { type: 'badRequest' });
  assert.throws(() => decodeCursor(new Uint8Array(32), 'DEMOBANK /x', start), { type: 'badRequest' });
  for (const text of ['', 'x', '+/==', `${start}=`, `${start}A`, start.slice(0, -1), 'A'.repeat(257)]) {
    assert.throws(() => decodeCursor(key, 'DEMOBANK /x', text), { type: 'badRequest' }, text);
  }
});

test('a binding cannot borrow from the payload', () => {
  const start = encodeCursor(key, 'ab', [1]);
  assert.throws(() => decodeCursor(key, 'a', start), { type: 'badRequest' });
});

test('a text too long for a cursor is left out and reads as null; the id stays', () => {
  const name = '\u{1F600}'.repeat(80);
  const id = '0399abedfd3d5e10c2aa';
  const start = encodeCursor(key, 'b', [name, 1767225600000, id]);
  assert.ok(start.length <= 256);
  assert.deepEqual(decodeCursor(key, 'b', start), [null, 1767225600000, id]);
  assert.throws(
    () =>
      encodeCursor(
        key,
        'b',
        Array.from({ length: 200 }, () => 1),
      ),
    RangeError,
  );
});
