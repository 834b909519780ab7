import type { Bitmap } from '../../../lib/bitmap.ts';
import type { Column } from './column.ts';
import type { ColumnName } from './column-names.ts';
import { foldText } from './fold-text.ts';

/** How the values of a column fall into cells. */
export type TallyOrder = { readonly column: ColumnName } & (
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
  let index = 0;
  // Without leaving early: that would be guessed wrongly for most values.
  for (const bound of bounds) index += value >= bound ? 1 : 0;
  return index;
}

function standingOf({ everybody, members }: { everybody: Bitmap; members: Bitmap }): Uint8Array {
  const standing = new Uint8Array((everybody.maximum() ?? -1) + 1);
  using present = members.clone();
  present.andInPlace(everybody);
  for (const ordinal of everybody.toUint32Array()) standing[ordinal] = standings.somebody;
  for (const ordinal of present.toUint32Array()) standing[ordinal] = standings.member;
  return standing;
}

function tallyColumn(column: Column, order: TallyOrder, standing: Uint8Array): TalliedColumn {
  switch (order.by) {
    case 'bands': {
      const { bounds } = order;
      const counts = column.count(standing, { standingCount, cellCount: bounds.length + 2 }, (value) => {
        return bandIndex(bounds, value) + 1;
      });
      const [missing = nobodyThere, ...cells] = cellsOf(counts);
      return { cells, texts: [], missing, rest: nobodyThere };
    }
    case 'flags':
      return tallyFlags(column, order.bitCount, standing);
    case 'texts':
      return tallyTexts(column, order.cellsMax, standing);
  }
}

/** Counted by mask first: one walk, whatever the number of bits. */
function tallyFlags(column: Column, bitCount: number, standing: Uint8Array): TalliedColumn {
  const cellCount = 2 ** bitCount + 1;
  const counts = column.count(standing, { standingCount, cellCount }, (mask) => mask + 1);
  const [missing = nobodyThere, ...byMask] = cellsOf(counts);
  const cells = Array.from({ length: bitCount }, (_none, bit) =>
    sumOf(byMask.filter((_count, mask) => (mask & (1 << bit)) !== 0)),
  );
  return { cells, texts: [], missing, rest: nobodyThere };
}

function tallyTexts(column: Column, cellsMax: number, standing: Uint8Array): TalliedColumn {
  const counts = column.count(standing, { standingCount, cellCount: column.texts.length + 1 }, (code) => code);
  const [missing = nobodyThere, ...byCode] = cellsOf(counts);
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
