import { splitCells } from '../../../lib/list-text/cell-splitter.ts';
import { cleanCell } from '../../identifiers/index.ts';
import { type ColumnChoice, chooseColumn, isColumnName } from './column-choice.ts';
import type { LineDecoder } from './line-decoder.ts';
import type { LineJudge } from './line-judge.ts';
import { flagsOf, isWhite, lineFlag } from './line-splitter.ts';
import { lineCharactersMax } from './reading-limits.ts';
import type { ListOptions } from './reading-types.ts';
import type { RecordSink } from './record-splitter.ts';

const space = 0x20;

/** Reads one column of the records. A record that ends before the column has nothing in it: blank. */
export class ColumnReader implements RecordSink {
  /** Told once, when the column and with it the delimiter is known. */
  onChoice: (choice: ColumnChoice) => void = () => {};
  readonly #options: ListOptions;
  readonly #decoder: LineDecoder;
  readonly #judge: LineJudge;
  #choice: ColumnChoice | undefined;
  #delimiterByte = 0;

  constructor(options: ListOptions, decoder: LineDecoder, judge: LineJudge) {
    this.#options = options;
    this.#decoder = decoder;
    this.#judge = judge;
  }

  choose(choice: ColumnChoice): void {
    this.#choice = choice;
    this.#delimiterByte = choice.delimiter.charCodeAt(0);
    this.onChoice(choice);
  }

  plainRecord(lineNumber: number, bytes: Uint8Array, start: number, end: number, flags: number): void {
    const choice = this.#choice;
    if (isWhite(bytes, start, end) && (choice !== undefined || !this.#hasHeader())) {
      this.#judge.blank(lineNumber);
    } else if (choice === undefined || choice.isPipeSeparated || (flags & lineFlag.nonAscii) !== 0) {
      this.textRecord(lineNumber, this.#decoder.decode(bytes, start, end, flags));
    } else if (end - start > lineCharactersMax) {
      this.longRecord(lineNumber, false);
    } else {
      this.#asciiRecord(lineNumber, choice.index, bytes, start, end);
    }
  }

  textRecord(lineNumber: number, text: string): void {
    if (this.#choice !== undefined) {
      // A record of several lines may be longer; each of its lines was measured by the record splitter.
      if (text.length > lineCharactersMax && !text.includes('\n')) this.longRecord(lineNumber, false);
      else this.#cellOf(lineNumber, text, this.#choice);
      return;
    }
    const { column = 1, includesHeader } = this.#options;
    const choice = chooseColumn(text, { column, includesHeader });
    this.choose(choice);
    if (this.#hasHeader()) this.#judge.header(lineNumber);
    else this.textRecord(lineNumber, text);
  }

  longRecord(lineNumber: number, isLineWhite: boolean): void {
    if (this.#choice === undefined && this.#hasHeader()) this.textRecord(lineNumber, '');
    else if (isLineWhite) this.#judge.blank(lineNumber);
    else this.#judge.invalid(lineNumber, 'invalidFormat');
  }

  #hasHeader(): boolean {
    const { column = 1, includesHeader } = this.#options;
    return includesHeader || isColumnName(column, includesHeader);
  }

  #asciiRecord(lineNumber: number, index: number, bytes: Uint8Array, recordStart: number, recordEnd: number): void {
    let start = recordStart;
    for (let column = 0; column < index; column += 1) {
      while (start < recordEnd && bytes[start] !== this.#delimiterByte) start += 1;
      if (start === recordEnd) {
        this.#judge.blank(lineNumber);
        return;
      }
      start += 1;
    }
    let end = start;
    while (end < recordEnd && bytes[end] !== this.#delimiterByte) end += 1;
    while (start < end && bytes[start] === space) start += 1;
    while (end > start && bytes[end - 1] === space) end -= 1;
    const flags = flagsOf(bytes, start, end);
    if (start === end) this.#judge.blank(lineNumber);
    else if (flags === 0) this.#judge.plainCell(lineNumber, bytes, start, end);
    else this.#textCell(lineNumber, this.#decoder.decode(bytes, start, end, flags));
  }

  #cellOf(lineNumber: number, text: string, choice: ColumnChoice): void {
    const { cells, isUnclosed } = splitCells(text, choice.delimiter);
    const isWhole = !isUnclosed || choice.index < cells.length - 1;
    const cell = cells[choice.index] ?? '';
    if (isWhole && cleanCell(cell) === '') this.#judge.blank(lineNumber);
    else if (isUnclosed) this.#judge.invalid(lineNumber, 'unclosedQuote');
    else if (choice.isPipeSeparated) this.#pipeSeparatedCell(lineNumber, cell);
    else this.#judge.textCell(lineNumber, cell);
  }

  #pipeSeparatedCell(lineNumber: number, cell: string): void {
    const values = cell.split('|').filter((part) => cleanCell(part) !== '');
    const [value] = values;
    if (value === undefined) this.#judge.blank(lineNumber);
    else if (values.length > 1) this.#judge.invalid(lineNumber, 'multipleValues');
    else this.#judge.textCell(lineNumber, value);
  }

  #textCell(lineNumber: number, cell: string): void {
    if (cleanCell(cell) === '') this.#judge.blank(lineNumber);
    else this.#judge.textCell(lineNumber, cell);
  }
}
