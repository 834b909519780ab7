import type { Bitmap } from '../../../lib/bitmap.ts';
import type { Column } from './column.ts';
import type { ColumnName } from './column-names.ts';
import { foldText } from './fold-text.ts';

/** How the values of a column fall into cells. */
export type TallyOrder = {
  readonly column: ColumnName;
} /** Bounds as `bandIndex` has them; from the first to the last a few thousand steps of what divides all of them. */ & (
  | { readonly by: 'bands'; readonly bounds: readonly number[] }
  /** A cell a bit: somebody may be in several. */
  | { readonly by: 'flags'; readonly bitCount: number }
  /** A cell a folded text, the ones with most members; the others are the rest. */
  | { readonly by: 'texts'; readonly cellsMax: number }
);

export interface CellCount {
  readonly memberCount: number;
  /** Members too. */
  readonly baseCount: number;
}

export interface TalliedColumn {
  /** Of bands and flags all of them, in order; of texts those that are there. */
  readonly cells: readonly CellCount[];
  /** Of texts, by cell: as they were loaded, the first of those that are the same. */
  readonly texts: readonly string[];
  /** Who has no value. */
  readonly missing: CellCount;
  readonly rest: CellCount;
}

export interface Tallied extends CellCount {
  /** In the order of the orders. */
  readonly columns: readonly TalliedColumn[];
}

/** Of an ordinal: nobody (any more), somebody, a member. */
const standings = { nobody: 0, somebody: 1, member: 2 } as const;
const standingCount = 3;
const nobodyThere: CellCount = { memberCount: 0, baseCount: 0 };

/**
 * Counts the members among everybody by cell, for several columns: one walk over each.
 *
 * @param columnOf finds a column of which the order speaks
 */
export function tally(
  sets: { everybody: Bitmap; members: Bitmap },
  orders: readonly TallyOrder[],
  columnOf: (name: ColumnName) => Column,
): Tallied {
  const { everybody, members } = sets;
  const standing = standingOf(sets);
  return {
    memberCount: members.andCardinality(everybody),
    baseCount: everybody.size,
    columns: orders.map((order) => tallyColumn(columnOf(order.column), order, standing)),
  };
}

/** The band of a value: how many of the ascending bounds are not above it. */
export function bandIndex(bounds: readonly number[], value: number): number {
  return bounds.filter((bound) => value >= bound).length;
}

/** By ordinal. Most of those below the highest are there: the others are taken out. */
function standingOf({ everybody, members }: { everybody: Bitmap; members: Bitmap }): Uint8Array {
  const placeCount = (everybody.maximum() ?? -1) + 1;
  const standing = new Uint8Array(placeCount).fill(standings.somebody);
  using gone = everybody.clone();
  gone.flipRange(0, placeCount);
  for (const ordinal of gone.toUint32Array()) standing[ordinal] = standings.nobody;
  using present = members.clone();
  present.andInPlace(everybody);
  const ordinals = present.toUint32Array();
  for (let rank = 0; rank < ordinals.length; rank += 1) standing[ordinals[rank] ?? 0] = standings.member;
  return standing;
}

function tallyColumn(column: Column, order: TallyOrder, standing: Uint8Array): TalliedColumn {
  switch (order.by) {
    case 'bands': {
      const [missing = nobodyThere, ...cells] = countBands(column, order.bounds, standing);
      return { cells, texts: [], missing, rest: nobodyThere };
    }
    case 'flags':
      return tallyFlags(column, order.bitCount, standing);
    case 'texts':
      return tallyTexts(column, order.cellsMax, standing);
  }
}

/**
 * Cell 0 is of those without a value, then each band. Bands are looked up in a table, which takes a fifth of the time of
 * comparing: the processor guesses wrongly which band a value is in. A step of the table is what divides every bound.
 */
function countBands({ values, below }: Column, bounds: readonly number[], standing: Uint8Array): CellCount[] {
  const counts = new Uint32Array((bounds.length + 2) * standingCount);
  const step = bounds.reduce(greatestDivisor, 0);
  const [first, last] = [(bounds[0] ?? 0) / step - 1, (bounds.at(-1) ?? 0) / step];
  const table = Uint8Array.from({ length: last - first + 1 }, (_none, index) => {
    return bandIndex(bounds, (first + index) * step) + 1;
  });
  for (let ordinal = 0; ordinal < standing.length; ordinal += 1) {
    const value = values[ordinal] ?? Number.NaN;
    const index = Math.max(first, Math.min(last, Math.floor(value / step))) - first;
    const cell = value > below ? (table[index] ?? 0) : 0;
    const at = cell * standingCount + (standing[ordinal] ?? 0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return cellsOf(counts);
}

/** By Euclid. */
function greatestDivisor(a: number, b: number): number {
  return b === 0 ? Math.abs(a) : greatestDivisor(b, a % b);
}

/** Cell 0 is of those without a value, then each number from `first` on. */
function countNumbers(
  { values, below }: Column,
  numbers: { first: number; many: number },
  standing: Uint8Array,
): CellCount[] {
  const counts = new Uint32Array((numbers.many + 1) * standingCount);
  const offset = 1 - numbers.first;
  for (let ordinal = 0; ordinal < standing.length; ordinal += 1) {
    const value = values[ordinal] ?? Number.NaN;
    const cell = value > below ? value + offset : 0;
    const at = cell * standingCount + (standing[ordinal] ?? 0);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return cellsOf(counts);
}

/** Counted by mask first: one walk, whatever the number of bits. */
function tallyFlags(column: Column, bitCount: number, standing: Uint8Array): TalliedColumn {
  const [missing = nobodyThere, ...byMask] = countNumbers(column, { first: 0, many: 2 ** bitCount }, standing);
  const cells = Array.from({ length: bitCount }, (_none, bit) =>
    sumOf(byMask.filter((_count, mask) => (mask & (1 << bit)) !== 0)),
  );
  return { cells, texts: [], missing, rest: nobodyThere };
}

function tallyTexts(column: Column, cellsMax: number, standing: Uint8Array): TalliedColumn {
  const [missing = nobodyThere, ...byCode] = countNumbers(column, { first: 1, many: column.texts.length }, standing);
  const named = byCode.map((count, index) => ({ text: column.texts[index] ?? '', count }));
  const alike = [...Map.groupBy(named, ({ text }) => foldText(text))].map(([folded, same]) => ({
    folded,
    text: same.map(({ text }) => text).reduce((first, text) => (text < first ? text : first)),
    count: sumOf(same.map(({ count }) => count)),
  }));
  const there = alike.filter(({ count }) => count.baseCount > 0);
  there.sort(
    (a, b) =>
      b.count.memberCount - a.count.memberCount ||
      b.count.baseCount - a.count.baseCount ||
      (a.folded < b.folded ? -1 : 1),
  );
  const shown = there.slice(0, cellsMax);
  return {
    cells: shown.map(({ count }) => count),
    texts: shown.map(({ text }) => text),
    missing,
    rest: sumOf(there.slice(cellsMax).map(({ count }) => count)),
  };
}

function cellsOf(counts: Uint32Array): CellCount[] {
  return Array.from({ length: counts.length / standingCount }, (_none, cell) => {
    const at = (standing: number) => counts[cell * standingCount + standing] ?? 0;
    const memberCount = at(standings.member);
    return { memberCount, baseCount: memberCount + at(standings.somebody) };
  });
}

export function sumOf(counts: readonly CellCount[]): CellCount {
  return counts.reduce(
    (sum, { memberCount, baseCount }) => ({
      memberCount: sum.memberCount + memberCount,
      baseCount: sum.baseCount + baseCount,
    }),
    nobodyThere,
  );
}
