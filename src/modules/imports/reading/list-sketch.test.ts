import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { ListSketch, sketchValueBytes, sketchValuesMax } from './list-sketch.ts';

const key = new Uint8Array(32).fill(7);

function tokenOf(value: number): Uint32Array {
  const digest = createHash('sha256').update(String(value)).digest();
  return new Uint32Array(new Uint8Array(digest.subarray(0, 16)).buffer);
}

function sketchOf(values: readonly number[]): Buffer {
  const sketch = new ListSketch();
  for (const value of values) {
    // As in the reader: a token somewhere in a longer array.
    const words = new Uint32Array(12);
    words.set(tokenOf(value), 4);
    sketch.offer(words, 4);
  }
  return Buffer.from(sketch.take(key));
}

/** The same by its definition: sort all, keep the smallest. */
function naiveSketch(values: readonly number[]): Buffer {
  const tokens = values.map(tokenOf).toSorted((a, b) => {
    const word = a.findIndex((each, index) => each !== b[index]);
    return word === -1 ? 0 : (a[word] ?? 0) - (b[word] ?? 0);
  });
  const kept = tokens
    .slice(0, sketchValuesMax)
    .map((words) => createHmac('sha256', key).update(Buffer.from(words.buffer)).digest().subarray(0, sketchValueBytes));
  return Buffer.concat(kept.toSorted(Buffer.compare));
}

const range = (from: number, count: number) => Array.from({ length: count }, (_none, index) => from + index);

test('the smallest tokens, whatever the order and the length of the list', () => {
  for (const count of [0, 1, 255, 256, 257, 511, 512, 513, 20_000]) {
    const values = range(1, count);
    const sketch = sketchOf(values);
    assert.equal(sketch.length, Math.min(count, sketchValuesMax) * sketchValueBytes);
    assert.deepEqual(sketch, naiveSketch(values), String(count));
    assert.deepEqual(sketchOf(values.toReversed()), sketch);
  }
});

test('no token stands in a sketch, and another key makes another one', () => {
  const sketch = sketchOf([1]);
  assert.ok(!Buffer.from(tokenOf(1).buffer).includes(sketch));
  const other = new ListSketch();
  other.offer(tokenOf(1), 0);
  assert.notDeepEqual(Buffer.from(other.take(new Uint8Array(32))), sketch);
});

test('lists share as much of their sketches as of their values', () => {
  const shared = (a: Buffer, b: Buffer) => {
    const values = (sketch: Buffer) =>
      range(0, sketch.length / sketchValueBytes).map((index) =>
        sketch.subarray(index * sketchValueBytes, (index + 1) * sketchValueBytes).toString('hex'),
      );
    const known = new Set(values(a));
    return values(b).filter((value) => known.has(value)).length / sketchValuesMax;
  };
  const list = sketchOf(range(1, 10_000));
  assert.ok(shared(list, sketchOf(range(1, 10_001))) >= 0.99);
  assert.ok(shared(list, sketchOf(range(101, 10_000))) >= 0.95, '99 % in common');
  assert.ok(shared(list, sketchOf(range(1_001, 10_000))) < 0.95, '90 % in common');
  assert.equal(shared(list, sketchOf(range(50_000, 10_000))), 0);
});
