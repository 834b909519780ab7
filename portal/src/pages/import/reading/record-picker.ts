import { endsInsideQuotes } from '../../../../../src/lib/list-text/cell-splitter.ts';
import { delimiterOf } from './list-head.ts';
import { LineCutter, ListUnmarker } from './list-lines.ts';
import { createLineDecoder, type LineDecoder } from './list-text.ts';

/** How a list was read, which decides what a record of it is. */
export interface ListShape {
  readonly hasHeader: boolean;
  /** Whether a column of several was read: a record may then go on in the next line. */
  readonly hasColumns: boolean;
  /** What the server read it in, where that was said or is not UTF-8. */
  readonly charset?: string | undefined;
}

/** A line as the server names it. */
export interface NamedLine {
  readonly recordNumber: number;
  readonly reason?: string | undefined;
}

interface Told<Line> {
  /** The first line that is not blank (line 1 where that is a header), which settles the delimiter. */
  readonly onFirst?: (first: { recordNumber: number; text: string; delimiter: string }) => void;
  readonly onRecord: (line: Line, text: string, delimiter: string) => void;
}

/** Picks lines out of a list by their numbers, piece by piece; in a list with columns a record with all its lines. */
export class RecordPicker<Line extends NamedLine> {
  readonly #shape: ListShape;
  readonly #wanted: readonly Line[];
  readonly #told: Told<Line>;
  readonly #decode: LineDecoder;
  readonly #unmarker: ListUnmarker;
  readonly #cutter = new LineCutter((recordNumber, bytes) => this.#line(recordNumber, bytes));
  #delimiter: string | undefined;
  #next = 0;
  #open: { line: Line; parts: string[] } | undefined;

  /** @param wanted ascending by their numbers */
  constructor(shape: ListShape, wanted: readonly Line[], told: Told<Line>) {
    this.#shape = shape;
    this.#wanted = wanted;
    this.#told = told;
    this.#decode = createLineDecoder({ isDeclared: shape.charset !== undefined });
    this.#unmarker = new ListUnmarker(shape.charset);
  }

  /** Whether all wanted lines were told. */
  get isDone(): boolean {
    return this.#next === this.#wanted.length && this.#open === undefined;
  }

  push(chunk: Uint8Array): void {
    this.#cutter.push(this.#unmarker.push(chunk));
  }

  /** @returns how many lines the list has */
  end(): { lineCount: number } {
    this.#cutter.push(this.#unmarker.end());
    this.#cutter.end();
    this.#close();
    return { lineCount: this.#cutter.lineCount };
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
    const { hasColumns, hasHeader } = this.#shape;
    if (hasColumns && !hasHeader && /^[\s,;]*$/.test(text)) return;
    this.#delimiter = hasColumns ? delimiterOf(text) : ',';
    this.#told.onFirst?.({ recordNumber, text, delimiter: this.#delimiter });
  }

  #close(): void {
    if (this.#open === undefined) return;
    const { line, parts } = this.#open;
    this.#open = undefined;
    this.#told.onRecord(line, parts.join('\n'), this.#separator);
  }
}
