import { type Column, numberColumn, textColumn } from './column.ts';
import { absentValueOf, type ColumnName, isTextColumn } from './column-names.ts';

/** Columns that are being brought: pieces come in any order, and ordinals too. */
export class ColumnLoad {
  readonly #placeCount: number;
  readonly #numbers = new Map<ColumnName, Float64Array>();
  readonly #texts = new Map<ColumnName, { codes: Int32Array; texts: string[] }>();

  /** @param placeCount places in a column: ordinals are below it */
  constructor(placeCount: number) {
    this.#placeCount = placeCount;
  }

  addNumbers(columns: readonly ColumnName[], records: Uint8Array): void {
    const targets = columns.map((column) => this.#numbersOf(column));
    const view = viewOf(records);
    const recordBytes = 4 + 8 * columns.length;
    for (let at = 0; at < records.byteLength; at += recordBytes) {
      const ordinal = view.getInt32(at);
      for (const [index, target] of targets.entries()) target[ordinal] = view.getFloat64(at + 4 + 8 * index);
    }
  }

  addText(column: ColumnName, text: string, ordinals: Uint8Array): void {
    const { codes, texts } = this.#textsOf(column);
    texts.push(text);
    const view = viewOf(ordinals);
    for (let at = 0; at < ordinals.byteLength; at += 4) codes[view.getInt32(at)] = texts.length;
  }

  /** A column as far as it came: all of it, when its last piece has come. */
  finish(column: ColumnName): Column {
    if (!isTextColumn(column)) return numberColumn(this.#numbersOf(column));
    const { codes, texts } = this.#textsOf(column);
    return textColumn(codes, texts);
  }

  #numbersOf(column: ColumnName): Float64Array {
    let values = this.#numbers.get(column);
    if (values === undefined) {
      values = new Float64Array(this.#placeCount).fill(absentValueOf(column));
      this.#numbers.set(column, values);
    }
    return values;
  }

  #textsOf(column: ColumnName): { codes: Int32Array; texts: string[] } {
    let texts = this.#texts.get(column);
    if (texts === undefined) {
      texts = { codes: new Int32Array(this.#placeCount), texts: [] };
      this.#texts.set(column, texts);
    }
    return texts;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
