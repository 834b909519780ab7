import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bitmapOf } from '../../../lib/bitmap.ts';
import { ageBands, amountBands, integerBands, tenureBands } from '../value-bands.ts';
import { type Column, numberColumn, textColumn } from './column.ts';
import { bandIndex, type TallyOrder, tally } from './tally.ts';

const size = 40;
const subset = fc.uniqueArray(fc.nat(size - 1), { maxLength: size });

/** Held against a filter over the same customers, cell by cell. */
function check(
  sets: { everybody: readonly number[]; members: readonly number[] },
  { column, order }: { column: Column; order: TallyOrder },
  isIn: (cell: number, ordinal: number) => boolean,
): void {
  using everybody = bitmapOf(sets.everybody);
  using members = bitmapOf(sets.members);
  const tallied = tally({ everybody, members }, [order], () => column);
  const [counted] = tallied.columns;
  const present = sets.members.filter((ordinal) => sets.everybody.includes(ordinal));
  const countOf = (passes: (ordinal: number) => boolean) => ({
    memberCount: present.filter(passes).length,
    baseCount: sets.everybody.filter(passes).length,
  });
  assert.deepEqual([tallied.memberCount, tallied.baseCount], [present.length, sets.everybody.length]);
  for (const [cell, count] of (counted?.cells ?? []).entries()) {
    assert.deepEqual(
      count,
      countOf((ordinal) => isIn(cell, ordinal)),
    );
  }
  assert.deepEqual(
    counted?.missing,
    countOf((ordinal) => isIn(-1, ordinal)),
  );
}

for (const [name, { bounds }] of Object.entries({
  age: ageBands(20_000),
  tenure: tenureBands(20_000),
  amountBands,
  integerBands,
})) {
  test(`bands are counted as each value says: ${name}`, () => {
    const near = fc.constantFrom(...bounds).chain((bound) => fc.integer({ min: bound - 2, max: bound + 2 }));
    const value = fc.oneof(near, fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), fc.constant(Number.NaN));
    const small = fc.oneof(near, fc.constant(Number.NaN));
    const values = fc.oneof(...[small, value].map((one) => fc.array(one, { minLength: size, maxLength: size })));
    fc.assert(
      fc.property(values, subset, subset, (all, everybody, members) => {
        const order = { column: 'birthYear', by: 'bands', bounds } as const;
        const bandOf = (ordinal: number) => {
          const own = all[ordinal] ?? Number.NaN;
          return Number.isNaN(own) ? -1 : bandIndex(bounds, own);
        };
        const column = numberColumn(Float64Array.from(all));
        check({ everybody, members }, { column, order }, (cell, ordinal) => bandOf(ordinal) === cell);
      }),
    );
  });
}

test('flags are counted in each of their cells, and nothing is a value', () => {
  const masks = fc.array(fc.oneof(fc.nat(7), fc.constant(Number.NaN)), { minLength: size, maxLength: size });
  fc.assert(
    fc.property(masks, subset, subset, (all, everybody, members) => {
      const order = { column: 'productTypes', by: 'flags', bitCount: 3 } as const;
      const isIn = (cell: number, ordinal: number) => {
        const mask = all[ordinal] ?? Number.NaN;
        return cell === -1 ? Number.isNaN(mask) : (mask & (1 << cell)) !== 0;
      };
      check({ everybody, members }, { column: numberColumn(Float64Array.from(all)), order }, isIn);
    }),
  );
});

test('texts that are the same without case are one cell; of more than there is room for, the rest', () => {
  const texts = ['nc', 'VA', 'NC', 'sc'];
  const codes = Int32Array.of(1, 3, 1, 2, 0, 4, 2, 1);
  using everybody = bitmapOf([0, 1, 2, 3, 4, 5, 6]);
  using members = bitmapOf([0, 1, 5, 6, 7]);
  const count = (cellsMax: number) =>
    tally({ everybody, members }, [{ column: 'regionCode', by: 'texts', cellsMax }], () => textColumn(codes, texts))
      .columns[0];
  const nc = { memberCount: 2, baseCount: 3 };
  const va = { memberCount: 1, baseCount: 2 };
  const sc = { memberCount: 1, baseCount: 1 };
  const missing = { memberCount: 0, baseCount: 1 };
  const none = { memberCount: 0, baseCount: 0 };
  assert.deepEqual(count(9), { cells: [nc, va, sc], texts: ['NC', 'VA', 'sc'], missing, rest: none });
  assert.deepEqual(count(1), { cells: [nc], texts: ['NC'], missing, rest: { memberCount: 2, baseCount: 3 } });
});
