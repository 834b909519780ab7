import { isAscii, isUtf8 } from 'node:buffer';

/** A physical line, without its terminator. */
export interface ScannedLine {
  readonly lineNumber: number;
  /** What is not UTF-8 is replaced by U+FFFD. */
  readonly text: string;
  readonly hasQuote: boolean;
  readonly isUtf8: boolean;
}

export interface LineSink {
  line(line: ScannedLine): void;
  /** The line is longer than `lineBytesMax`; its text is not kept. */
  longLine(lineNumber: number): void;
}

const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Cuts bytes into lines at LF, CR LF or CR, also mixed, and numbers them from 1. A line that is not terminated yet
 * waits for the next piece; never more than `lineBytesMax` of it are kept.
 */
export class LineScanner {
  readonly #sink: LineSink;
  readonly #lineBytesMax: number;
  #waiting = Buffer.alloc(0);
  #lineNumber = 0;
  #isFirst = true;
  #isSkipping = false;

  constructor(sink: LineSink, options: { lineBytesMax: number }) {
    this.#sink = sink;
    this.#lineBytesMax = options.lineBytesMax;
  }

  push(piece: Uint8Array): void {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
    this.#scan(this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes]), { isEnd: false });
  }

  /** The last line needs no terminator. */
  end(): void {
    this.#scan(this.#waiting, { isEnd: true });
  }

  #scan(data: Buffer, { isEnd }: { isEnd: boolean }): void {
    const isPlain = isAscii(data);
    let start = this.#isFirst && data.indexOf(byteOrderMark) === 0 ? byteOrderMark.length : 0;
    let hasQuote = false;
    for (let at = start; at < data.length; at += 1) {
      const byte = data[at];
      if (byte === quote) hasQuote = true;
      if (byte !== lineFeed && byte !== carriageReturn) continue;
      // The LF of a CR LF may be in the next piece.
      if (byte === carriageReturn && at + 1 === data.length && !isEnd) break;
      this.#line(data.subarray(start, at), { hasQuote, isPlain });
      if (byte === carriageReturn && data[at + 1] === lineFeed) at += 1;
      start = at + 1;
      hasQuote = false;
    }
    const rest = data.subarray(start);
    if (isEnd) {
      if (rest.length > 0 || this.#isSkipping) this.#line(rest, { hasQuote, isPlain });
      this.#waiting = Buffer.alloc(0);
    } else if (rest.length > this.#lineBytesMax) {
      this.#isSkipping = true;
      // A CR at the end still decides where the line ends.
      this.#waiting = Buffer.from(rest.subarray(rest.length - 1));
    } else {
      // A copy: a view would keep the whole piece alive.
      this.#waiting = Buffer.from(rest);
    }
  }

  #line(bytes: Buffer, { hasQuote, isPlain }: { hasQuote: boolean; isPlain: boolean }): void {
    this.#isFirst = false;
    this.#lineNumber += 1;
    if (this.#isSkipping || bytes.length > this.#lineBytesMax) {
      this.#isSkipping = false;
      this.#sink.longLine(this.#lineNumber);
      return;
    }
    const lineNumber = this.#lineNumber;
    this.#sink.line({
      lineNumber,
      // One byte a character: half the work of reading UTF-8.
      text: bytes.toString(isPlain ? 'latin1' : 'utf8'),
      hasQuote,
      isUtf8: isPlain || isUtf8(bytes),
    });
  }
}
