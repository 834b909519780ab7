import { splitCells } from '../../../lib/list-text/cell-splitter.ts';
import { cleanCell } from '../../identifiers/index.ts';
import { type ColumnChoice, ownColumn } from './column-choice.ts';
import { ColumnReader } from './column-reader.ts';
import type { LineDecoder } from './line-decoder.ts';
import type { LineJudge } from './line-judge.ts';
import { isWhite, type LineSink, lineFlag } from './line-splitter.ts';
import { lineCharactersMax } from './reading-limits.ts';
import type { ListOptions } from './reading-types.ts';
import { allDelimiters, RecordSplitter } from './record-splitter.ts';

const space = 0x20;
const quote = 0x22;

/**
 * Reads a list with one value a line. The first line decides: when it is the header of a file that Rollcall wrote, the
 * lines after it are records and one column of them counts.
 */
export class ListLineReader implements LineSink {
  readonly #options: ListOptions;
  readonly #decoder: LineDecoder;
  readonly #judge: LineJudge;
  #records: RecordSplitter | undefined;

  constructor(options: ListOptions, decoder: LineDecoder, judge: LineJudge) {
    this.#options = options;
    this.#decoder = decoder;
    this.#judge = judge;
    if (options.column !== undefined) this.#records = this.#readRecords(undefined);
  }

  line(lineNumber: number, bytes: Uint8Array, start: number, end: number, flags: number): void {
    if (this.#records !== undefined) {
      this.#records.line(lineNumber, bytes, start, end, flags);
    } else if (lineNumber === 1) {
      this.#firstLine(bytes, start, end, flags);
    } else if (flags === 0 && end - start <= lineCharactersMax) {
      this.#plainLine(lineNumber, bytes, start, end);
    } else if (flags === lineFlag.quote && end - start <= lineCharactersMax && isQuotedWhole(bytes, start, end)) {
      this.#plainLine(lineNumber, bytes, start + 1, end - 1);
    } else {
      this.#textLine(lineNumber, this.#decoder.decode(bytes, start, end, flags), isWhite(bytes, start, end));
    }
  }

  longLine(lineNumber: number, isLineWhite: boolean): void {
    if (this.#records !== undefined) this.#records.longLine(lineNumber, isLineWhite);
    else if (lineNumber === 1 && this.#options.includesHeader) this.#judge.header(lineNumber);
    else if (isLineWhite) this.#judge.blank(lineNumber);
    else this.#judge.invalid(lineNumber, 'invalidFormat');
  }

  end(): void {
    this.#records?.end();
  }

  #readRecords(choice: ColumnChoice | undefined): RecordSplitter {
    const reader = new ColumnReader(this.#options, this.#decoder, this.#judge);
    const records = new RecordSplitter(reader, this.#decoder);
    reader.onChoice = ({ delimiter }) => {
      records.delimiters = delimiter;
    };
    if (choice !== undefined) reader.choose(choice);
    return records;
  }

  #firstLine(bytes: Uint8Array, start: number, end: number, flags: number): void {
    const text = this.#decoder.decode(bytes, start, end, flags);
    const choice = text.length > lineCharactersMax ? undefined : ownColumn(text, this.#options);
    if (choice !== undefined) this.#records = this.#readRecords(choice);
    if (choice !== undefined || this.#options.includesHeader) this.#judge.header(1);
    else this.#textLine(1, text, isWhite(bytes, start, end));
  }

  /** Printable ASCII without quotes and delimiters: only spaces are to be trimmed. */
  #plainLine(lineNumber: number, bytes: Uint8Array, lineStart: number, lineEnd: number): void {
    let start = lineStart;
    let end = lineEnd;
    while (start < end && bytes[start] === space) start += 1;
    while (end > start && bytes[end - 1] === space) end -= 1;
    if (start === end) this.#judge.blank(lineNumber);
    else this.#judge.plainCell(lineNumber, bytes, start, end);
  }

  #textLine(lineNumber: number, text: string, isLineWhite: boolean): void {
    if (isLineWhite) {
      this.#judge.blank(lineNumber);
    } else if (text.length > lineCharactersMax) {
      this.#judge.invalid(lineNumber, 'invalidFormat');
    } else {
      const { cells, isUnclosed } = splitCells(text, allDelimiters);
      const [value, other] = valuesOf(cells, isUnclosed);
      if (value === undefined) this.#judge.blank(lineNumber);
      else if (other !== undefined) this.#judge.invalid(lineNumber, 'multipleValues');
      else if (isUnclosed) this.#judge.invalid(lineNumber, 'unclosedQuote');
      else this.#judge.textCell(lineNumber, value);
    }
  }
}

/** Whether the line is one quoted cell without quotes inside, as programs write that quote every cell. */
function isQuotedWhole(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start] === quote && end - start > 1 && bytes.indexOf(quote, start + 1) === end - 1;
}

/** The first two cells that are not empty: more of them change nothing, and a line may have thousands. */
function valuesOf(cells: readonly string[], isUnclosed: boolean): string[] {
  const values: string[] = [];
  for (const [index, cell] of cells.entries()) {
    const isOpenCell = isUnclosed && index === cells.length - 1;
    if (isOpenCell || cleanCell(cell) !== '') values.push(cell);
    if (values.length === 2) break;
  }
  return values;
}
