import { Problem } from '../../../lib/problem.ts';
import { lineBytesMax } from './reading-limits.ts';

/** What a line holds, as bits: none set means printable ASCII without quotes, delimiters, `=` and `'`. */
export const lineFlag = { quote: 1, delimiter: 2, nonAscii: 4, special: 8 } as const;
const terminator = 16;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

const classOfByte = classifyBytes();

/** Receives each physical line; `bytes` is only valid during the call. Line numbers are 1-based. */
export interface LineSink {
  line(lineNumber: number, bytes: Uint8Array, start: number, end: number, flags: number): void;
  /** A line over `lineBytesMax`, which is not kept. */
  longLine(lineNumber: number, isWhite: boolean): void;
}

/**
 * Cuts UTF-8 text into physical lines at CR LF, LF and CR; only the final terminator makes no line. Borders of the pieces
 * may fall anywhere. Keeps at most one line of `lineBytesMax` bytes.
 */
export class LineSplitter {
  readonly #sink: LineSink;
  readonly #linesMax: number;
  readonly #kept = new Uint8Array(lineBytesMax);
  #keptLength = 0;
  #keptFlags = 0;
  #isLong = false;
  #isLongWhite = true;
  #isAfterCarriageReturn = false;
  #lineNumber = 0;

  constructor(sink: LineSink, linesMax: number) {
    this.#sink = sink;
    this.#linesMax = linesMax;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    let at = this.#isAfterCarriageReturn && bytes[0] === lineFeed ? 1 : 0;
    this.#isAfterCarriageReturn = false;
    let start = at;
    let flags = 0;
    const end = bytes.length;
    while (at < end) {
      const byte = bytes[at] ?? 0;
      const byteClass = classOfByte[byte] ?? 0;
      at += 1;
      if (byteClass !== terminator) {
        flags |= byteClass;
        continue;
      }
      this.#finish(bytes, start, at - 1, flags);
      if (byte === carriageReturn) {
        if (at === end) this.#isAfterCarriageReturn = true;
        else if (bytes[at] === lineFeed) at += 1;
      }
      start = at;
      flags = 0;
    }
    if (start < end) this.#keep(bytes, start, end, flags);
  }

  end(): void {
    if (this.#keptLength > 0 || this.#isLong) this.#finish(this.#kept, 0, 0, 0);
  }

  #finish(bytes: Uint8Array, start: number, end: number, flags: number): void {
    this.#lineNumber += 1;
    if (this.#lineNumber > this.#linesMax) {
      throw new Problem('payloadTooLarge', { detail: `The list has more than ${this.#linesMax} lines.` });
    }
    if (this.#keptLength === 0 && !this.#isLong && end - start <= lineBytesMax) {
      this.#sink.line(this.#lineNumber, bytes, start, end, flags);
      return;
    }
    if (start < end) this.#keep(bytes, start, end, flags);
    const keptLength = this.#keptLength;
    const wasLong = this.#isLong;
    this.#keptLength = 0;
    this.#isLong = false;
    if (wasLong) this.#sink.longLine(this.#lineNumber, this.#isLongWhite);
    else this.#sink.line(this.#lineNumber, this.#kept, 0, keptLength, this.#keptFlags);
    this.#keptFlags = 0;
    this.#isLongWhite = true;
  }

  #keep(bytes: Uint8Array, start: number, end: number, flags: number): void {
    this.#keptFlags |= flags;
    if (!this.#isLong && this.#keptLength + end - start <= lineBytesMax) {
      this.#kept.set(bytes.subarray(start, end), this.#keptLength);
      this.#keptLength += end - start;
      return;
    }
    if (!this.#isLong) this.#isLongWhite = isWhite(this.#kept, 0, this.#keptLength);
    this.#isLong = true;
    this.#keptLength = 0;
    this.#isLongWhite &&= isWhite(bytes, start, end);
  }
}

/** Whether only ASCII white space and delimiters stand there: such a line is blank however long it is. */
export function isWhite(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x2c && byte !== 0x3b && byte !== 0x0b && byte !== 0x0c)
      return false;
  }
  return true;
}

/** The flags of a part of a line. */
export function flagsOf(bytes: Uint8Array, start: number, end: number): number {
  let flags = 0;
  for (let at = start; at < end; at += 1) flags |= classOfByte[bytes[at] ?? 0] ?? 0;
  return flags;
}

function classifyBytes(): Uint8Array {
  const classes = new Uint8Array(256);
  classes.fill(lineFlag.special, 0, 0x20);
  classes.fill(lineFlag.nonAscii, 0x80);
  for (const character of "='\x7f") classes[character.charCodeAt(0)] = lineFlag.special;
  for (const character of ',;\t') classes[character.charCodeAt(0)] = lineFlag.delimiter;
  classes['"'.charCodeAt(0)] = lineFlag.quote;
  classes[lineFeed] = terminator;
  classes[carriageReturn] = terminator;
  return classes;
}
