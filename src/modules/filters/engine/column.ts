import { type Bitmap, bitmapOf } from '../../../lib/bitmap.ts';
import { foldText } from './fold-text.ts';

/**
 * The values of one column, one place for each ordinal up to the highest: judging a whole base is one walk over an
 * array (docs/performance.md has what a filter takes).
 */
export interface Column {
  /** Memory. */
  readonly bytes: number;
  /** Ordinals whose value passes; who has no value does not. */
  select(passes: (value: number) => boolean): Uint32Array;
  /**
   * How many ordinals of each standing (a number by ordinal) fall into each cell, at `cell * standingCount + standing`.
   * Cell 0 is of those without a value; `cellOf` gives the others, from 1.
   */
  count(
    standing: Uint8Array,
    size: { standingCount: number; cellCount: number },
    cellOf: (value: number) => number,
  ): Uint32Array;
  /** undefined = no value. Of a column of texts the number of its text. */
  valueAt(ordinal: number): number | undefined;
  /** The texts by their number - 1, as they were loaded; none in a column of numbers. */
  readonly texts: readonly string[];
  /** The numbers of the texts that pass. */
  findTexts(passes: (folded: string) => boolean): ReadonlySet<number>;
}

/** No whole number that a column holds: the lowest 32-bit integer. */
const missing32 = -(2 ** 31);
const max32 = 2 ** 31 - 1;

/** Numbers, NaN where there is none; halved when all of them fit into 32 bits. */
export function numberColumn(values: Float64Array): Column {
  const small = smallNumbers(values);
  if (small === undefined) return wideNumberColumn(values);
  return codedColumn(small, { missing: missing32, texts: [], findTexts: () => new Set() });
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

function wideNumberColumn(values: Float64Array): Column {
  return {
    bytes: values.byteLength,
    select(passes) {
      const found = new Uint32Array(values.length);
      let count = 0;
      for (let ordinal = 0; ordinal < values.length; ordinal += 1) {
        const value = values[ordinal] ?? Number.NaN;
        if (!Number.isNaN(value) && passes(value)) {
          found[count] = ordinal;
          count += 1;
        }
      }
      return found.subarray(0, count);
    },
    count(standing, { standingCount, cellCount }, cellOf) {
      const counts = new Uint32Array(standingCount * cellCount);
      for (let ordinal = 0; ordinal < standing.length; ordinal += 1) {
        const value = values[ordinal] ?? Number.NaN;
        const cell = Number.isNaN(value) ? 0 : cellOf(value);
        const place = cell * standingCount + (standing[ordinal] ?? 0);
        counts[place] = (counts[place] ?? 0) + 1;
      }
      return counts;
    },
    valueAt(ordinal) {
      const value = values[ordinal] ?? Number.NaN;
      return Number.isNaN(value) ? undefined : value;
    },
    texts: [],
    findTexts: () => new Set(),
  };
}

/** @param texts by number; 0 in `codes` = no text, n = `texts[n - 1]` */
export function textColumn(codes: Int32Array, texts: readonly string[]): Column {
  const folded = texts.map(foldText);
  const findTexts = (passes: (text: string) => boolean) =>
    new Set(folded.flatMap((text, index) => (passes(text) ? [index + 1] : [])));
  const textBytes = folded.reduce((bytes, text) => bytes + 4 * text.length + 128, 0);
  const column = codedColumn(codes, { missing: 0, texts, findTexts });
  return { ...column, bytes: column.bytes + textBytes };
}

function codedColumn(
  codes: Int32Array,
  { missing, texts, findTexts }: { missing: number } & Pick<Column, 'texts' | 'findTexts'>,
): Column {
  return {
    bytes: codes.byteLength,
    select(passes) {
      const found = new Uint32Array(codes.length);
      let count = 0;
      for (let ordinal = 0; ordinal < codes.length; ordinal += 1) {
        const code = codes[ordinal] ?? missing;
        if (code !== missing && passes(code)) {
          found[count] = ordinal;
          count += 1;
        }
      }
      return found.subarray(0, count);
    },
    count(standing, { standingCount, cellCount }, cellOf) {
      const counts = new Uint32Array(standingCount * cellCount);
      for (let ordinal = 0; ordinal < standing.length; ordinal += 1) {
        const code = codes[ordinal] ?? missing;
        const cell = code === missing ? 0 : cellOf(code);
        const place = cell * standingCount + (standing[ordinal] ?? 0);
        counts[place] = (counts[place] ?? 0) + 1;
      }
      return counts;
    },
    valueAt(ordinal) {
      const code = codes[ordinal] ?? missing;
      return code === missing ? undefined : code;
    },
    texts,
    findTexts,
  };
}

/** Everybody with a value. */
export function presentOf(column: Column): Bitmap {
  return bitmapOf(column.select(() => true));
}
