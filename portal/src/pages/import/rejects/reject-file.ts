import { endsInsideQuotes } from '../../../../../src/modules/imports/reading/cell-splitter.ts';
import { csvCell } from '../reading/csv-cell.ts';
import { delimiterOf } from '../reading/list-head.ts';
import { LineCutter, ListUnmarker } from '../reading/list-lines.ts';
import { createLineDecoder, type LineDecoder } from '../reading/list-text.ts';

/** A line that is wanted in the file, as the server names it. */
export interface WantedLine {
  readonly recordNumber: number;
  readonly outcome: string;
  readonly reason: string;
}

/** How the list was read, which decides how what is left of it is written. */
export interface ListShape {
  readonly identifierType: string;
  readonly hasHeader: boolean;
  /** Whether a column of several was read: a record may then go on in the next line. */
  readonly hasColumns: boolean;
  /** What the server read it in, unless that is UTF-8. */
  readonly charset?: string | undefined;
}

const ledgerColumns = ['recordNumber', 'outcome', 'reason'];
const lineEnd = '\r\n';

/**
 * Puts the server's line numbers and the lines of the local file together, piece by piece: the same file that `rollcall
 * import` writes. Of a list with columns the record keeps its own; the three of the ledger stand before them.
 *
 * @param wanted ascending by line number
 * @param write takes text of the file in order
 */
export class RejectWriter {
  readonly #shape: ListShape;
  readonly #wanted: readonly WantedLine[];
  readonly #write: (text: string) => void;
  readonly #decode: LineDecoder;
  readonly #unmarker: ListUnmarker;
  readonly #cutter = new LineCutter((recordNumber, bytes) => this.#line(recordNumber, bytes));
  /** Known with the first line that is not blank, as the server has it. */
  #delimiter: string | undefined;
  #next = 0;
  #open: { line: WantedLine; parts: string[] } | undefined;

  constructor(shape: ListShape, wanted: readonly WantedLine[], write: (text: string) => void) {
    this.#shape = shape;
    this.#wanted = wanted;
    this.#write = write;
    this.#decode = createLineDecoder({ isDeclared: shape.charset !== undefined });
    this.#unmarker = new ListUnmarker(shape.charset);
  }

  push(chunk: Uint8Array): void {
    this.#cutter.push(this.#unmarker.push(chunk));
  }

  /** @returns how many lines the file has, and whether the wanted ones were all among them */
  end(): { lineCount: number; hasAll: boolean } {
    this.#cutter.push(this.#unmarker.end());
    this.#cutter.end();
    this.#close();
    return { lineCount: this.#cutter.lineCount, hasAll: this.#next === this.#wanted.length };
  }

  #line(recordNumber: number, bytes: Uint8Array): void {
    if (this.#delimiter === undefined) this.#begin(recordNumber, this.#decode(bytes).text);
    if (this.#open !== undefined) {
      const { text } = this.#decode(bytes);
      this.#open.parts.push(text);
      if (!endsInsideQuotes(text, this.#separator, true)) this.#close();
      return;
    }
    const line = this.#wanted[this.#next];
    if (line?.recordNumber !== recordNumber) return;
    this.#next += 1;
    const { text } = this.#decode(bytes);
    this.#open = { line, parts: [text] };
    // A quote that the server called unclosed is a stray one, and its line a record of its own.
    const goesOn = line.reason !== 'unclosedQuote' && endsInsideQuotes(text, this.#separator, false);
    if (!this.#shape.hasColumns || !goesOn) this.#close();
  }

  get #separator(): string {
    return this.#delimiter ?? ',';
  }

  #begin(recordNumber: number, text: string): void {
    const { hasColumns, hasHeader, identifierType } = this.#shape;
    if (!hasColumns) {
      this.#delimiter = ',';
      this.#write([...ledgerColumns, identifierType].join(',') + lineEnd);
      return;
    }
    if (/^[\s,;]*$/.test(text) && !hasHeader) return;
    this.#delimiter = delimiterOf(text);
    if (hasHeader && recordNumber === 1) this.#write([...ledgerColumns, text].join(this.#delimiter) + lineEnd);
  }

  #close(): void {
    if (this.#open === undefined) return;
    const { line, parts } = this.#open;
    this.#open = undefined;
    const text = parts.join('\n');
    const cells = [String(line.recordNumber), line.outcome, line.reason, this.#cellOf(text)];
    this.#write(cells.join(this.#separator) + lineEnd);
  }

  #cellOf(text: string): string {
    // An open quote would swallow the rows after it.
    if (this.#shape.hasColumns) return endsInsideQuotes(text, this.#separator, false) ? csvCell(text) : text;
    // Delimiters around the value are none of it: in a cell of its own they would be.
    return csvCell(text.replace(/^[\s,;]+|[\s,;]+$/g, ''));
  }
}
