import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readAmount, readTimestamp } from './cell-values.ts';

test('timestamps of RFC 3339, with their offset; others are refused', () => {
  const noon = Date.UTC(2026, 1, 28, 12);
  for (const text of ['2026-02-28T12:00:00Z', '2026-02-28t07:00:00-05:00', '2026-02-28 12:00:00.000999z'])
    assert.equal(readTimestamp(text), noon, text);
  assert.equal(readTimestamp('2026-02-28T12:00:00.1234567Z'), noon + 123);
  for (const text of ['2026-02-28', '2026-02-28T12:00Z', '2026-02-28T12:00:00', '28.02.2026 12:00', '1772280000'])
    assert.deepEqual(readTimestamp(text), { refused: 'invalidFormat' }, text);
  for (const text of ['2026-02-30T12:00:00Z', '2026-02-28T24:00:00Z', '2026-02-28T12:60:00Z', '0001-01-01T00:00:00Z'])
    assert.deepEqual(readTimestamp(text), { refused: 'impossibleValue' }, text);
});

test('amounts are exact cents; separators, exponents and single decimals are refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 15) + 1, max: 10 ** 15 - 1 }), (cents) => {
      const digits = String(Math.abs(cents)).padStart(3, '0');
      const text = `${cents < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
      assert.equal(readAmount(text), cents);
    }),
  );
  assert.deepEqual(['0', '-0.00', '12', '-7.50'].map(readAmount), [0, 0, 1200, -750]);
  for (const text of ['1.5', '1,50', '1,000.00', '1e3', '+1.00', '12345678901234', '.50', '1.005', '$5.00'])
    assert.deepEqual(readAmount(text), { refused: 'invalidFormat' }, text);
});
