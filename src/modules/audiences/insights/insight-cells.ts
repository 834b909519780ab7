import { type CellCount, type DimensionCell, sumOf } from '../../filters/index.ts';

/** A count from 1 to one below it is not shown. */
export const shownCountMin = 10;

/**
 * Members, and those of the base who are no members. Both are protected: an audience of everybody but three says as
 * much of the three as an audience of three.
 */
const sides: readonly ((cell: CellCount) => number)[] = [
  ({ memberCount }) => memberCount,
  ({ memberCount, baseCount }) => baseCount - memberCount,
];

/** Whether members or the others are so few that a count is nearly a person. */
export function isSmall(cell: CellCount): boolean {
  return sides.some((count) => isFew(count(cell)));
}

function isFew(count: number): boolean {
  return count > 0 && count < shownCountMin;
}

export interface MergedCells<Cell> {
  readonly shown: readonly Cell[];
  /** Everybody else; undefined = nobody was merged. */
  readonly other: CellCount | undefined;
}

/**
 * Merges small cells of a partition into one. Totals are known, so what is merged could be computed from what is shown:
 * it must not be small itself, and takes in the smallest of the others until it is not.
 *
 * @param rest who is in none of the cells
 */
export function mergeSmallCells<Cell extends CellCount>(cells: readonly Cell[], rest: CellCount): MergedCells<Cell> {
  const shown = new Set(cells.filter((cell) => !isSmall(cell)));
  const hidden = cells.filter((cell) => !shown.has(cell));
  if (hidden.length === 0 && rest.baseCount === 0) return { shown: cells, other: undefined };
  let other = sumOf([rest, ...hidden]);
  // A shown cell has none or enough on either side: one of them is enough, and mends the second side for good.
  for (const count of sides) {
    if (!isFew(count(other))) continue;
    const [smallest] = [...shown].filter((cell) => count(cell) > 0).sort((a, b) => count(a) - count(b));
    if (smallest === undefined) throw new Error('small totals have no cells to show');
    shown.delete(smallest);
    other = sumOf([other, smallest]);
  }
  return { shown: [...shown], other };
}

/**
 * Whether a cell that others overlap can be shown: it is a partition of its own, of who is in it and who is not.
 *
 * @param all everybody
 */
export function isShownAlone(cell: DimensionCell, all: CellCount): boolean {
  const without = { memberCount: all.memberCount - cell.memberCount, baseCount: all.baseCount - cell.baseCount };
  return !isSmall(cell) && !isSmall(without);
}
