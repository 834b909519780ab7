import { hasUtf8Mark, utf16Of } from './list-text.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** Of a longer line only this much is kept: such a line is no list, and one file may be one line. */
const lineBytesMax = 64 * 1_024;

/** Told each physical line, counted from 1 as the server counts; `bytes` are valid during the call. */
export type OnLine = (recordNumber: number, bytes: Uint8Array) => void;

/** Cuts text into lines at CR LF, LF and CR; a terminator at the very end opens no further line. */
export class LineCutter {
  readonly #onLine: OnLine;
  readonly #held = new Uint8Array(lineBytesMax);
  #heldLength = 0;
  #isHolding = false;
  #isAfterReturn = false;
  #lineCount = 0;

  constructor(onLine: OnLine) {
    this.#onLine = onLine;
  }

  get lineCount(): number {
    return this.#lineCount;
  }

  push(chunk: Uint8Array): void {
    let from = this.#isAfterReturn && chunk[0] === lineFeed ? 1 : 0;
    if (chunk.length > 0) this.#isAfterReturn = false;
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte !== lineFeed && byte !== carriageReturn) continue;
      this.#finish(chunk.subarray(from, at));
      if (byte === carriageReturn) {
        if (at + 1 === chunk.length) this.#isAfterReturn = true;
        else if (chunk[at + 1] === lineFeed) at += 1;
      }
      from = at + 1;
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from));
  }

  end(): void {
    if (this.#isHolding) this.#finish(new Uint8Array(0));
  }

  #finish(rest: Uint8Array): void {
    this.#lineCount += 1;
    if (!this.#isHolding) {
      this.#onLine(this.#lineCount, rest.subarray(0, lineBytesMax));
      return;
    }
    this.#hold(rest);
    const length = this.#heldLength;
    this.#heldLength = 0;
    this.#isHolding = false;
    this.#onLine(this.#lineCount, this.#held.subarray(0, length));
  }

  #hold(part: Uint8Array): void {
    const kept = part.subarray(0, lineBytesMax - this.#heldLength);
    this.#held.set(kept, this.#heldLength);
    this.#heldLength += kept.length;
    this.#isHolding = true;
  }
}

/** Makes UTF-8 without byte-order mark of a list, piece by piece: UTF-16 goes by its mark, unless a charset is said. */
export class ListUnmarker {
  #head: Uint8Array | undefined = new Uint8Array(0);
  #decoder: TextDecoder | undefined;
  readonly #declared: string | undefined;
  readonly #encoder = new TextEncoder();

  constructor(declared?: string) {
    this.#declared = declared;
  }

  push(chunk: Uint8Array): Uint8Array {
    if (this.#head === undefined) return this.#recode(chunk);
    const head = joined(this.#head, chunk);
    // The longest mark has three bytes.
    if (head.length < 3) {
      this.#head = head;
      return new Uint8Array(0);
    }
    return this.#begin(head);
  }

  end(): Uint8Array {
    const rest = this.#head === undefined ? new Uint8Array(0) : this.#begin(this.#head);
    if (this.#decoder === undefined) return rest;
    return joined(rest, this.#encoder.encode(this.#decoder.decode()));
  }

  #begin(head: Uint8Array): Uint8Array {
    this.#head = undefined;
    const charset = this.#declared ?? utf16Of(head) ?? 'utf-8';
    if (charset === 'utf-8') return hasUtf8Mark(head) ? head.subarray(3) : head;
    this.#decoder = new TextDecoder(charset);
    return this.#recode(head);
  }

  #recode(bytes: Uint8Array): Uint8Array {
    return this.#decoder === undefined ? bytes : this.#encoder.encode(this.#decoder.decode(bytes, { stream: true }));
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
