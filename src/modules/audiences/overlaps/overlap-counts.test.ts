import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bitmapBytes, bitmapOf } from '../../../lib/bitmap.ts';
import { countOverlaps, overlapIntersectionsMax } from './overlap-counts.ts';

const bytesOf = (set: Iterable<number>) => {
  using bitmap = bitmapOf([...set]);
  return bitmapBytes(bitmap);
};
const count = (sets: readonly Iterable<number>[], gone: Iterable<number> = []) =>
  countOverlaps({ audiences: sets.map(bytesOf), gone: bytesOf(gone) });

/** By plain sets. */
function model(given: readonly Set<number>[], gone: Set<number>) {
  const sets = given.map((set) => new Set([...set].filter((value) => !gone.has(value))));
  const all = new Set(sets.flatMap((set) => [...set]));
  const inBoth = (first: Set<number>, second: Set<number>) => [...first].filter((value) => second.has(value)).length;
  const cells = new Map<number, number>();
  for (const value of all) {
    const signature = sets.reduce((mask, set, index) => mask | (set.has(value) ? 1 << index : 0), 0);
    cells.set(signature, (cells.get(signature) ?? 0) + 1);
  }
  const intersections = [...cells]
    .map(([signature, customerCount]) => ({ signature, customerCount }))
    .sort((a, b) => b.customerCount - a.customerCount || a.signature - b.signature);
  return {
    customerCount: all.size,
    sizes: sets.map((set) => set.size),
    pairs: sets.flatMap((first, index) => sets.slice(index + 1).map((second) => inBoth(first, second))),
    intersections: intersections.slice(0, overlapIntersectionsMax),
    intersectionCount: cells.size,
  };
}

/** Around the borders of slices and far apart, so that empty stretches are passed over. */
const value = fc.oneof(
  fc.nat(40),
  fc.integer({ min: 2 ** 18 - 5, max: 2 ** 18 + 5 }),
  fc.integer({ min: 2 ** 21 - 3, max: 2 ** 21 + 3 }),
  fc.integer({ min: 2 ** 32 - 4, max: 2 ** 32 - 1 }),
);
const set = fc.uniqueArray(value, { maxLength: 60 }).map((values) => new Set(values));

test('every count is that of plain sets', () => {
  fc.assert(
    fc.property(fc.array(set, { minLength: 2, maxLength: 8 }), set, (sets, gone) => {
      assert.deepEqual(count(sets, gone), model(sets, gone));
    }),
    { numRuns: 150 },
  );
});

test('20 sets, and more intersections than are listed: the largest come first, each once', () => {
  const sets = Array.from({ length: 20 }, (_none, index) => {
    const values = Array.from({ length: 12_000 }, (_empty, number) => number);
    return new Set(values.filter((number) => ((number * 2_654_435_761) >>> (index + 3)) % 3 === 0));
  });
  const expected = model(sets, new Set([5, 7]));
  assert.ok(expected.intersectionCount > overlapIntersectionsMax);
  assert.deepEqual(count(sets, [5, 7]), expected);
});

test('empty sets, equal sets, everybody gone', () => {
  assert.deepEqual(count([[], []]), {
    customerCount: 0,
    sizes: [0, 0],
    pairs: [0],
    intersections: [],
    intersectionCount: 0,
  });
  const same = count([
    [1, 2],
    [1, 2],
  ]);
  assert.deepEqual([same.pairs, same.intersections], [[2], [{ signature: 3, customerCount: 2 }]]);
  assert.deepEqual(count([[1], [1, 2]], [1, 2]).sizes, [0, 0]);
});

test('other numbers of sets, and bytes that are no bitmap, are errors', () => {
  for (const many of [0, 1, 21]) assert.throws(() => count(Array.from({ length: many }, () => [1])), RangeError);
  assert.throws(() => countOverlaps({ audiences: [Uint8Array.of(1), bytesOf([1])], gone: bytesOf([]) }), RangeError);
});
