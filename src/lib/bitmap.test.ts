import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bitmapBytes, bitmapFrom, bitmapOf, bitmapPage, portableBitmapHas } from './bitmap.ts';

/** Sparse, dense and running values over a few containers, so that all three container kinds come up. */
const values = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff_ffff }).map((value) => [value]),
      fc.integer({ min: 0, max: 300_000 }).map((value) => [value]),
      fc
        .record({ first: fc.nat(300_000), length: fc.integer({ min: 1, max: 6_000 }), step: fc.constantFrom(1, 2, 3) })
        .map(({ first, length, step }) => Array.from({ length }, (_, index) => first + index * step)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => new Set(parts.flat()));

const ascending = (set: Set<number>) => [...set].sort((a, b) => a - b);

test('a bitmap is the set that went in, through its bytes and back', () => {
  fc.assert(
    fc.property(values, (model) => {
      using bitmap = bitmapOf(model);
      using typed = bitmapOf(Uint32Array.from(model));
      using copy = bitmapFrom(bitmapBytes(bitmap));
      assert.equal(bitmap.size, model.size);
      assert.deepEqual(copy.toArray(), ascending(model));
      assert.ok(copy.isEqual(typed));
    }),
    { numRuns: 60 },
  );
});

test('and, or, without: as a plain Set does it', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      using left = bitmapOf(a);
      using right = bitmapOf(b);
      using union = left.clone();
      union.orInPlace(right);
      using difference = left.clone();
      difference.andNotInPlace(right);
      assert.deepEqual(union.toArray(), ascending(new Set([...a, ...b])));
      assert.deepEqual(difference.toArray(), ascending(new Set([...a].filter((value) => !b.has(value)))));
      assert.equal(left.andCardinality(right), [...a].filter((value) => b.has(value)).length);
    }),
    { numRuns: 60 },
  );
});

test('walking by pages gives every member once, in order', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 5_000 }), (model, limit) => {
      using bitmap = bitmapOf(model);
      const walked: number[] = [];
      for (let page = bitmapPage(bitmap, { limit }); page.length > 0; ) {
        assert.ok(page.length <= limit);
        walked.push(...page);
        page = bitmapPage(bitmap, { afterOrdinal: walked.at(-1) ?? 0, limit });
      }
      assert.deepEqual(walked, ascending(model));
      assert.equal(bitmapPage(bitmap, { limit: 0 }).length, 0);
    }),
    { numRuns: 60 },
  );
});

test('a page may begin after an ordinal that is no member', () => {
  using bitmap = bitmapOf([10, 20, 30]);
  assert.deepEqual([...bitmapPage(bitmap, { afterOrdinal: 15, limit: 5 })], [20, 30]);
  assert.deepEqual([...bitmapPage(bitmap, { afterOrdinal: 0xffff_ffff, limit: 5 })], []);
});

test('empty bytes are the empty set, and the empty set has bytes', () => {
  using empty = bitmapFrom(new Uint8Array(0));
  assert.equal(empty.size, 0);
  using again = bitmapFrom(bitmapBytes(empty));
  assert.equal(again.size, 0);
});

test('bytes at any offset of their buffer', () => {
  using bitmap = bitmapOf([1, 70_000, 4_000_000_000]);
  const bytes = bitmapBytes(bitmap);
  const shifted = new Uint8Array(bytes.byteLength + 3).subarray(3);
  shifted.set(bytes);
  using copy = bitmapFrom(shifted);
  assert.ok(copy.isEqual(bitmap));
});

test('hostile bytes throw or are another well-formed set, and never hang', () => {
  fc.assert(
    fc.property(
      values,
      fc.array(fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), byte: fc.nat(255) }), {
        maxLength: 4,
      }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.boolean(),
      (model, changes, cut, shorten) => {
        using bitmap = bitmapOf(model);
        const bytes = bitmapBytes(bitmap).slice();
        for (const { at, byte } of changes) bytes[Math.floor(at * bytes.length)] = byte;
        const hostile = shorten ? bytes.subarray(0, Math.floor(cut * bytes.length)) : bytes;
        let copy: ReturnType<typeof bitmapFrom>;
        try {
          copy = bitmapFrom(hostile);
        } catch (error) {
          assert.ok(error instanceof RangeError);
          return;
        }
        using held = copy;
        const members = held.toArray();
        assert.equal(members.length, held.size);
        assert.ok(members.every((member, index) => index === 0 || member > (members[index - 1] ?? 0)));
      },
    ),
    { numRuns: 500 },
  );
  for (const bytes of [[1], [0, 0, 0, 0], [...Buffer.from('PK\x03\x04')], Array.from({ length: 100 }, () => 255)]) {
    assert.throws(() => bitmapFrom(Uint8Array.from(bytes)), RangeError);
  }
  using bitmap = bitmapOf([1, 2, 3]);
  assert.throws(() => bitmapFrom(Uint8Array.from([...bitmapBytes(bitmap), 0])), RangeError);
});

test('`using` gives the memory back', () => {
  const outside = bitmapOf([1]);
  {
    using inside = outside;
    assert.equal(inside.isDisposed, false);
  }
  assert.equal(outside.isDisposed, true);
});

test('one value is looked up in the bytes alone, whatever the containers', () => {
  fc.assert(
    fc.property(values, fc.array(fc.nat(400_000), { maxLength: 50 }), fc.boolean(), (model, others, isOptimised) => {
      using bitmap = bitmapOf(model);
      // Without run containers the header has another form.
      const bytes = isOptimised ? bitmapBytes(bitmap) : bitmap.serialize('portable');
      const edges = [...model].slice(0, 200).flatMap((value) => [value - 1, value, value + 1]);
      for (const value of [...others, ...edges, 0, 65_535, 65_536, 0xffff_ffff].filter(
        (any) => any >= 0 && any < 2 ** 32,
      )) {
        assert.equal(portableBitmapHas(bytes, value), model.has(value), String(value));
      }
    }),
    { numRuns: 100 },
  );
  assert.equal(portableBitmapHas(new Uint8Array(), 0), false);
});
