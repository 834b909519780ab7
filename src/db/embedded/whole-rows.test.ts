import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wholeRows } from './whole-rows.ts';

function rowOf(fields: readonly (Uint8Array | null)[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeInt16BE(fields.length);
  return Buffer.concat([
    count,
    ...fields.map((field) => {
      const length = Buffer.alloc(4);
      length.writeInt32BE(field === null ? -1 : field.length);
      return Buffer.concat([length, field ?? Buffer.alloc(0)]);
    }),
  ]);
}

test('however the bytes are cut, each piece ends where a row ends, and nothing is lost', async () => {
  const field = fc.option(fc.uint8Array({ maxLength: 20 }));
  const rows = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }).map(rowOf), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(rows, fc.array(fc.nat(), { maxLength: 10 }), async (made, cuts) => {
      const bytes = Buffer.concat(made);
      const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b);
      const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
      const ends = new Set(made.map((_row, index) => Buffer.concat(made.slice(0, index + 1)).length));
      const taken: Uint8Array[] = [];
      let length = 0;
      for await (const piece of wholeRows(ReadableStream.from(pieces))) {
        taken.push(Uint8Array.from(piece));
        length += piece.length;
        assert.ok(ends.has(length), `a piece ends at ${length}`);
      }
      assert.ok(Buffer.concat(taken).equals(bytes));
    }),
  );
});
