import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agreementOf } from './list-agreement.ts';

function sketchOf(...values: readonly number[]): Uint8Array {
  const sketch = Buffer.alloc(values.length * 8);
  for (const [index, value] of values.entries()) sketch.writeBigUInt64BE(BigInt(value), index * 8);
  return sketch;
}

test('the values in both of the larger one', () => {
  assert.equal(agreementOf(sketchOf(1, 2, 3, 4), sketchOf(1, 2, 3, 4)), 1);
  assert.equal(agreementOf(sketchOf(1, 2, 3, 4), sketchOf(4, 3, 9, 8)), 0.5);
  assert.equal(agreementOf(sketchOf(1, 2), sketchOf(1, 2, 3, 4)), 0.5);
  assert.equal(agreementOf(sketchOf(1, 2, 3, 4), sketchOf(1)), 0.25);
  assert.equal(agreementOf(sketchOf(), sketchOf(1)), 0);
  assert.equal(agreementOf(sketchOf(), sketchOf()), 0);
});
