import { readCsvCells, staysOpen } from './csv-cells.ts';
import type { LineSink, ScannedLine } from './line-scanner.ts';
import { recordBytesMax } from './load-limits.ts';
import type { RowReason } from './row-shape.ts';

export interface CsvRecord {
  /** Of its first physical line. */
  readonly lineNumber: number;
  /** Where the record is refused: those before the fault. */
  readonly cells: readonly string[];
  readonly refusal: RowReason | undefined;
}

/** A quote that stays open for more lines than this is a stray one: no address has so many. */
const recordLinesMax = 100;
/** Each stray quote makes up to 100 lines be read twice: a file of nothing else must not take for ever. */
const strayQuotesMax = 1_000;

interface OpenRecord {
  readonly lines: ScannedLine[];
  characters: number;
}

/**
 * Joins lines to records: a line break inside quotes belongs to the record. A stray quote costs its own line only: the
 * lines after it are read again as records of their own. Blank lines, and lines of nothing but delimiters, are no
 * records.
 */
export class CsvRecords implements LineSink {
  /** Both are known once the header is read. */
  delimiter = ',';
  columnCount = 0;
  readonly #onRecord: (record: CsvRecord) => void;
  #open: OpenRecord | undefined;
  #strayQuotes = 0;

  constructor(onRecord: (record: CsvRecord) => void) {
    this.#onRecord = onRecord;
  }

  line(line: ScannedLine): void {
    if (this.#open !== undefined) this.#continue(this.#open, line);
    else if (line.hasQuote) this.#begin(line);
    else this.#emit(line, line.text.split(this.delimiter), undefined);
  }

  longLine(lineNumber: number): void {
    this.end();
    this.#onRecord({ lineNumber, cells: [], refusal: 'recordTooLong' });
  }

  end(): void {
    while (this.#open !== undefined) this.#giveUp(this.#open);
  }

  #begin(line: ScannedLine): void {
    const { cells, end } = readCsvCells(line.text, this.delimiter);
    if (end === 'closed') this.#emit(line, cells, undefined);
    else if (end === 'malformed') this.#emit(line, cells, 'malformedQuote');
    else if (this.#strayQuotes >= strayQuotesMax) this.#emit(line, cells, 'unclosedQuote');
    else this.#open = { lines: [line], characters: line.text.length };
  }

  #continue(open: OpenRecord, line: ScannedLine): void {
    open.lines.push(line);
    open.characters += line.text.length + 1;
    if (open.lines.length > recordLinesMax || open.characters > recordBytesMax) {
      this.#giveUp(open);
      return;
    }
    if (staysOpen(line.text, this.delimiter)) return;
    const { cells, end } = readCsvCells(open.lines.map((part) => part.text).join('\n'), this.delimiter);
    const [first] = open.lines;
    // The quote that seems to end it began another cell: the first one was a stray.
    if (end !== 'closed' || cells.length !== this.columnCount || first === undefined) {
      this.#giveUp(open);
      return;
    }
    this.#open = undefined;
    const isUtf8 = open.lines.every((part) => part.isUtf8);
    this.#emit({ ...first, isUtf8 }, cells, undefined);
  }

  #giveUp(open: OpenRecord): void {
    this.#open = undefined;
    this.#strayQuotes += 1;
    const [first, ...rest] = open.lines;
    if (first !== undefined) this.#emit(first, readCsvCells(first.text, this.delimiter).cells, 'unclosedQuote');
    for (const line of rest) this.line(line);
  }

  #emit(line: ScannedLine, cells: readonly string[], refusal: RowReason | undefined): void {
    if (refusal === undefined && cells.every(isBlank)) return;
    this.#onRecord({
      lineNumber: line.lineNumber,
      cells,
      refusal: refusal ?? (line.isUtf8 ? undefined : 'invalidEncoding'),
    });
  }
}

function isBlank(cell: string): boolean {
  return cell === '' || cell.trim() === '';
}
