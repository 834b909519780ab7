import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { copyRows } from '../../../../test/support/copy-rows.ts';
import { CopyRowWriter } from './copy-row-writer.ts';

test('writes the rows of the binary format', () => {
  const writer = new CopyRowWriter();
  writer.row(3);
  writer.integer(-5);
  writer.text('é');
  writer.null();
  assert.deepEqual(Buffer.from(writer.take()), copyRows([[-5, 'é', null]]));
  writer.row(3);
  writer.smallint(7);
  writer.boolean(true);
  writer.token(
    Uint8Array.from({ length: 32 }, (_, index) => index),
    1,
  );
  const token = Array.from({ length: 16 }, (_, index) => index + 16);
  assert.deepEqual([...writer.take()], [0, 3, 0, 0, 0, 2, 0, 7, 0, 0, 0, 1, 1, 0, 0, 0, 16, ...token]);
});

test('dates are days since 2000-01-01', () => {
  const day = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(day, (date) => {
      const text = date.toISOString().slice(0, 10);
      const writer = new CopyRowWriter();
      writer.date(text);
      const days = (Date.parse(text) - Date.parse('2000-01-01')) / 86_400_000;
      assert.equal(Buffer.from(writer.take()).readInt32BE(4), days, text);
    }),
  );
});

test('grows, and begins anew after each take', () => {
  const writer = new CopyRowWriter();
  const long = 'x'.repeat(300_000);
  writer.text(long);
  assert.equal(writer.take().length, long.length + 4);
  assert.equal(writer.take().length, 0);
});
