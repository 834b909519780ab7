import { isUtf8 } from 'node:buffer';
import { lineFlag } from './line-splitter.ts';

/**
 * Turns the bytes of one line into text. Lists from several office programs mix encodings line by line, so without a
 * declared charset a line that is not valid UTF-8 is windows-1252 and is counted; one bad cell never garbles the rest.
 */
export class LineDecoder {
  readonly #isDeclared: boolean;
  readonly #windows1252 = new TextDecoder('windows-1252');
  #windows1252LineCount = 0;

  /** `isDeclared`: the bytes are UTF-8 by declaration; what is not valid becomes U+FFFD, which no value may hold. */
  constructor(options: { isDeclared: boolean }) {
    this.#isDeclared = options.isDeclared;
  }

  get windows1252LineCount(): number {
    return this.#windows1252LineCount;
  }

  decode(bytes: Uint8Array, start: number, end: number, flags: number): string {
    const line = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start);
    if ((flags & lineFlag.nonAscii) === 0) return line.toString('latin1');
    if (this.#isDeclared || isUtf8(line)) return line.toString('utf8');
    this.#windows1252LineCount += 1;
    return this.#windows1252.decode(line);
  }
}
