import { productTypes } from '../customers/index.ts';
import type { CellCount, TalliedColumn, TallyOrder } from './engine/tally.ts';
import { ageBands, amountBands, type Bands, tenureBands } from './value-bands.ts';

export const customerDimensionNames = ['ageBand', 'regionCode', 'tenureBand', 'productType', 'depositsBand'] as const;

/** Regions that are shown: there are 56 of the United States. */
export const dimensionCellsMax = 60;

/** By what customers can be counted. */
export interface CustomerDimension {
  readonly name: (typeof customerDimensionNames)[number];
  readonly label: string;
  readonly order: TallyOrder;
  /** The values of the cells, in the order of the tally; of texts the tally has them. */
  readonly values: readonly string[];
  /** Shown from the last cell to the first: the young come before the old. */
  readonly isReversed: boolean;
  /** Whether a customer may be in several cells. */
  readonly isOverlapping: boolean;
}

export interface DimensionCell extends CellCount {
  readonly value: string;
}

const plain = { values: [], isReversed: false, isOverlapping: false };

/** @param today days since 1970-01-01 (UTC) */
export function customerDimensions(today: number): readonly CustomerDimension[] {
  const bands = (column: TallyOrder['column'], { bounds, labels }: Bands) => {
    const order = { column, by: 'bands', bounds } as const;
    return { ...plain, order, values: labels };
  };
  return [
    { name: 'ageBand', label: 'Age', ...bands('birthYear', ageBands(today)), isReversed: true },
    {
      name: 'regionCode',
      label: 'Region',
      ...plain,
      order: { column: 'regionCode', by: 'texts', cellsMax: dimensionCellsMax },
    },
    { name: 'tenureBand', label: 'Years a customer', ...bands('customerSince', tenureBands(today)), isReversed: true },
    {
      name: 'productType',
      label: 'Products',
      ...plain,
      order: { column: 'productTypes', by: 'flags', bitCount: productTypes.length },
      values: productTypes,
      isOverlapping: true,
    },
    { name: 'depositsBand', label: 'Deposits', ...bands('totalDeposits', amountBands) },
  ];
}

/** The cells of a dimension with their values, in the order in which they are shown. */
export function dimensionCells(
  { values, isReversed }: CustomerDimension,
  { cells, texts }: TalliedColumn,
): DimensionCell[] {
  const named = cells.map((cell, index) => ({ ...cell, value: texts[index] ?? values[index] ?? '' }));
  return isReversed ? named.reverse() : named;
}
