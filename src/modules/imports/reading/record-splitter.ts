import { endsInsideQuotes } from '../../../lib/list-text/cell-splitter.ts';
import type { LineDecoder } from './line-decoder.ts';
import { type LineSink, lineFlag } from './line-splitter.ts';
import { lineCharactersMax, recordCharactersMax, recordLinesMax, strayQuotesMax } from './reading-limits.ts';

export const allDelimiters = ',;\t';

/** Receives each record; its number is that of its first physical line. */
export interface RecordSink {
  /** A record without any quote, as bytes, valid during the call. */
  plainRecord(lineNumber: number, bytes: Uint8Array, start: number, end: number, flags: number): void;
  /** A record with quotes; line breaks inside quotes are LF. */
  textRecord(lineNumber: number, text: string): void;
  longRecord(lineNumber: number, isWhite: boolean): void;
}

interface OpenRecord {
  readonly firstLine: number;
  readonly lines: string[];
  characters: number;
}

/**
 * Joins physical lines to records (RFC 4180): a line break inside quotes belongs to the record. A quote that stays open
 * for too long, or to the end, is a stray one: its line alone becomes a record (which shows as unclosed), and the
 * lines after it are read again as records of their own, so that one bad line never swallows the rest of the list.
 */
export class RecordSplitter implements LineSink {
  /** Set to the one delimiter once it is known. */
  delimiters = allDelimiters;
  readonly #sink: RecordSink;
  readonly #decoder: LineDecoder;
  #open: OpenRecord | undefined;
  #strayQuotes = 0;

  constructor(sink: RecordSink, decoder: LineDecoder) {
    this.#sink = sink;
    this.#decoder = decoder;
  }

  line(lineNumber: number, bytes: Uint8Array, start: number, end: number, flags: number): void {
    if (this.#open === undefined && (flags & lineFlag.quote) === 0) {
      this.#sink.plainRecord(lineNumber, bytes, start, end, flags);
    } else {
      this.#text(lineNumber, this.#decoder.decode(bytes, start, end, flags));
    }
  }

  longLine(lineNumber: number, isWhite: boolean): void {
    this.end();
    this.#sink.longRecord(lineNumber, isWhite);
  }

  end(): void {
    while (this.#open !== undefined) this.#giveUp(this.#open);
  }

  #text(lineNumber: number, text: string): void {
    if (text.length > lineCharactersMax) {
      this.longLine(lineNumber, false);
    } else if (this.#open !== undefined) {
      this.#continue(this.#open, text);
    } else if (this.#strayQuotes < strayQuotesMax && endsInsideQuotes(text, this.delimiters, false)) {
      this.#open = { firstLine: lineNumber, lines: [text], characters: text.length };
    } else {
      this.#sink.textRecord(lineNumber, text);
    }
  }

  #continue(open: OpenRecord, text: string): void {
    open.lines.push(text);
    open.characters += text.length + 1;
    if (open.lines.length > recordLinesMax || open.characters > recordCharactersMax) {
      this.#giveUp(open);
    } else if (!endsInsideQuotes(text, this.delimiters, true)) {
      this.#open = undefined;
      this.#sink.textRecord(open.firstLine, open.lines.join('\n'));
    }
  }

  #giveUp(open: OpenRecord): void {
    this.#open = undefined;
    this.#strayQuotes += 1;
    const [first = '', ...rest] = open.lines;
    this.#sink.textRecord(open.firstLine, first);
    for (const [index, text] of rest.entries()) this.#text(open.firstLine + 1 + index, text);
  }
}
