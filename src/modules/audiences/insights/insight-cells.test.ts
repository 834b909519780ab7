import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type CellCount, sumOf } from '../../filters/index.ts';
import { isShownAlone, isSmall, mergeSmallCells, shownCountMin } from './insight-cells.ts';

const nobody = { memberCount: 0, baseCount: 0 };
const cell = (memberCount: number, others: number) => ({ memberCount, baseCount: memberCount + others });
const counts = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 500 }));
const anyCell = fc.tuple(counts, counts).map(([memberCount, others]) => cell(memberCount, others));
const isSafe = (count: number) => count === 0 || count >= shownCountMin;
const isSafeCell = ({ memberCount, baseCount }: CellCount) => isSafe(memberCount) && isSafe(baseCount - memberCount);

test('nothing that is shown, and nothing that totals leave over, is a count of 1 to 9', () => {
  fc.assert(
    fc.property(fc.array(anyCell, { minLength: 1, maxLength: 12 }), fc.option(anyCell), (cells, rest) => {
      const all = sumOf([...cells, rest ?? nobody]);
      fc.pre(!isSmall(all));
      const { shown, other } = mergeSmallCells(cells, rest ?? nobody);
      assert.ok([...shown, other ?? nobody].every(isSafeCell));
      assert.deepEqual(sumOf([...shown, other ?? nobody]), all);
      // In their order, and none that need not be merged when none is small.
      assert.deepEqual(
        shown,
        cells.filter((one) => shown.includes(one)),
      );
      if (rest === null && cells.every(isSafeCell)) assert.deepEqual([shown, other], [cells, undefined]);
    }),
    { numRuns: 2_000 },
  );
});

test('a single small cell takes the smallest other one with it', () => {
  const [small, middle, large] = [cell(3, 40), cell(20, 40), cell(60, 40)];
  assert.deepEqual(mergeSmallCells([large, small, middle], nobody), { shown: [large], other: cell(23, 80) });
});

test('a cell of everybody but a few is small too', () => {
  const [nearlyAll, some, most] = [cell(50, 2), cell(30, 30), cell(10, 500)];
  assert.deepEqual(mergeSmallCells([nearlyAll, some, most], nobody), { shown: [most], other: cell(80, 32) });
});

test('an empty cell gives no cover, and is shown', () => {
  const [small, empty, enough] = [cell(4, 20), cell(0, 15), cell(11, 30)];
  assert.deepEqual(mergeSmallCells([small, empty, enough], nobody), { shown: [empty], other: cell(15, 50) });
});

test('a cell that others overlap is shown when who is in it and who is not are enough, or nobody', () => {
  const all = cell(100, 1_000);
  const shown = [cell(10, 990), cell(90, 10), cell(100, 1_000), cell(0, 0), cell(0, 100)];
  const withheld = [cell(9, 500), cell(91, 500), cell(50, 9), cell(50, 991), cell(100, 995)];
  const isShown = (one: CellCount) => isShownAlone({ ...one, value: 'x' }, all);
  assert.deepEqual([shown.map(isShown), withheld.map(isShown)], [shown.map(() => true), withheld.map(() => false)]);
});
