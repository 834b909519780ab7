import { type Bitmap, bitmapOf } from '../../../lib/bitmap.ts';
import { foldText } from './fold-text.ts';

/**
 * The values of one column, one place for each ordinal up to the highest: judging a whole base is one walk over an
 * array (docs/performance.md has what a filter takes).
 */
export interface Column {
  /** Memory. */
  readonly bytes: number;
  /** By ordinal; of a column of texts their numbers. */
  readonly values: Int32Array | Float64Array;
  /** Every value is above it; what stands where there is none is not. */
  readonly below: number;
  /** The texts by their number - 1, as they were loaded; none in a column of numbers. */
  readonly texts: readonly string[];
  /** The numbers of the texts that pass. */
  findTexts(passes: (folded: string) => boolean): ReadonlySet<number>;
}

/** No whole number that a column holds: the lowest 32-bit integer. */
const missing32 = -(2 ** 31);
const max32 = 2 ** 31 - 1;

/** Numbers, NaN where there is none; halved when all of them fit into 32 bits. */
export function numberColumn(wide: Float64Array): Column {
  const small = smallNumbers(wide);
  const values = small ?? wide;
  const below = small === undefined ? Number.NEGATIVE_INFINITY : missing32;
  return { bytes: values.byteLength, values, below, texts: [], findTexts: () => new Set() };
}

/** By a plain loop: `every` and `Int32Array.from` took half a second for 2 million. */
function smallNumbers(values: Float64Array): Int32Array | undefined {
  const small = new Int32Array(values.length);
  for (let ordinal = 0; ordinal < values.length; ordinal += 1) {
    const value = values[ordinal] ?? Number.NaN;
    if (value <= missing32 || value > max32) return undefined;
    small[ordinal] = Number.isNaN(value) ? missing32 : value;
  }
  return small;
}

/** @param codes 0 = no text, n = `texts[n - 1]` */
export function textColumn(codes: Int32Array, texts: readonly string[]): Column {
  const folded = texts.map(foldText);
  const textBytes = folded.reduce((bytes, text) => bytes + 4 * text.length + 128, 0);
  return {
    bytes: codes.byteLength + textBytes,
    values: codes,
    below: 0,
    texts,
    findTexts: (passes) => new Set(folded.flatMap((text, index) => (passes(text) ? [index + 1] : []))),
  };
}

/** Ordinals whose value passes; who has no value does not. */
export function selectOrdinals({ values, below }: Column, passes: (value: number) => boolean): Uint32Array {
  const found = new Uint32Array(values.length);
  let count = 0;
  for (let ordinal = 0; ordinal < values.length; ordinal += 1) {
    const value = values[ordinal] ?? Number.NaN;
    if (value > below && passes(value)) {
      found[count] = ordinal;
      count += 1;
    }
  }
  return found.subarray(0, count);
}

/** undefined = no value. */
export function valueAt({ values, below }: Column, ordinal: number): number | undefined {
  const value = values[ordinal] ?? Number.NaN;
  return value > below ? value : undefined;
}

/** Everybody with a value. */
export function presentOf(column: Column): Bitmap {
  return bitmapOf(selectOrdinals(column, () => true));
}
