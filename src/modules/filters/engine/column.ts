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
  /** The numbers of the texts that pass; none in a column of numbers. */
  findTexts(passes: (folded: string) => boolean): ReadonlySet<number>;
  hasValue(ordinal: number): boolean;
}

/** No whole number that a column holds: the lowest 32-bit integer. */
const missing32 = -(2 ** 31);
const max32 = 2 ** 31 - 1;

/** Numbers, NaN where there is none; halved when all of them fit into 32 bits. */
export function numberColumn(values: Float64Array): Column {
  const fits = values.every((value) => Number.isNaN(value) || (value > missing32 && value <= max32));
  return fits ? smallNumberColumn(values) : wideNumberColumn(values);
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
    findTexts: () => new Set(),
    hasValue: (ordinal) => !Number.isNaN(values[ordinal] ?? Number.NaN),
  };
}

function smallNumberColumn(wide: Float64Array): Column {
  const values = Int32Array.from(wide, (value) => (Number.isNaN(value) ? missing32 : value));
  return codedColumn(values, { missing: missing32, findTexts: () => new Set() });
}

/** @param texts by number; 0 in `codes` = no text, n = `texts[n - 1]` */
export function textColumn(codes: Int32Array, texts: readonly string[]): Column {
  const folded = texts.map(foldText);
  const findTexts = (passes: (text: string) => boolean) =>
    new Set(folded.flatMap((text, index) => (passes(text) ? [index + 1] : [])));
  const textBytes = folded.reduce((bytes, text) => bytes + 2 * text.length + 64, 0);
  const column = codedColumn(codes, { missing: 0, findTexts });
  return { ...column, bytes: column.bytes + textBytes };
}

function codedColumn(
  codes: Int32Array,
  { missing, findTexts }: { missing: number; findTexts: Column['findTexts'] },
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
    findTexts,
    hasValue: (ordinal) => (codes[ordinal] ?? missing) !== missing,
  };
}

/** Everybody with a value. */
export function presentOf(column: Column): Bitmap {
  return bitmapOf(column.select(() => true));
}
