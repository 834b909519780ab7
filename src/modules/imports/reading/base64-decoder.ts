import { Problem } from '../../../lib/problem.ts';

const notInAlphabet = 0xff;
const lineBreak = 0xfe;
const padding = 0xfd;
/** Values of the standard alphabet and the URL-safe one (RFC 4648 sections 4 and 5); either may be mixed. */
const digitOf = alphabet();
/** A multiple of three, so that blocks of whole quads are full. */
const blockBytes = 131_070;

/**
 * Decodes base64 as it arrives, into blocks of 128 KiB. Line breaks may stand anywhere, padding may be missing; any other
 * character, wrong padding, text after the padding, an impossible length and bits that the last character cannot
 * carry are `invalidBase64`.
 */
export class Base64Decoder {
  readonly #bytesMax: number;
  #blocks: Uint8Array[] = [];
  #block = new Uint8Array(0);
  #at = 0;
  #bits = 0;
  #digits = 0;
  #paddings = 0;
  #length = 0;

  constructor(options: { bytesMax: number }) {
    this.#bytesMax = options.bytesMax;
  }

  /** Bytes decoded so far. */
  get length(): number {
    return this.#length;
  }

  /**
   * @throws Problem `invalidBase64`, or `payloadTooLarge` over `bytesMax` decoded bytes
   */
  push(text: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      if (this.#digits === 0 && this.#paddings === 0) at = this.#quads(text, at, end);
      if (at < end) this.character(text[at] ?? 0);
      at += 1;
    }
  }

  /** One character, as its code. */
  character(code: number): void {
    const value = code < 256 ? (digitOf[code] ?? notInAlphabet) : notInAlphabet;
    if (value === lineBreak) return;
    if (value === padding) this.#pad();
    else if (value === notInAlphabet || this.#paddings > 0) throw invalid();
    else this.#digit(value);
  }

  /** The decoded bytes, in blocks. */
  finish(): Uint8Array[] {
    if (this.#paddings > 0 && this.#digits + this.#paddings !== 4) throw invalid();
    if (this.#digits === 1) throw invalid();
    if (this.#digits === 2) this.#tail(this.#bits >>> 4, this.#bits & 0x0f);
    if (this.#digits === 3) {
      this.#put(this.#bits >>> 10);
      this.#tail((this.#bits >>> 2) & 0xff, this.#bits & 0x03);
    }
    if (this.#at > 0) this.#blocks.push(this.#block.subarray(0, this.#at));
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#block = new Uint8Array(0);
    return blocks;
  }

  /** The fast path: four characters of the alphabet at a time, while there is room in the block. */
  #quads(text: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at + 4 <= end) {
      if (this.#at + 3 > this.#block.length) this.#nextBlock();
      const block = this.#block;
      const stop = Math.min(end - 3, at + Math.floor((block.length - this.#at) / 3) * 4);
      const before = at;
      let to = this.#at;
      for (; at < stop; at += 4) {
        const a = digitOf[text[at] ?? 0] ?? notInAlphabet;
        const b = digitOf[text[at + 1] ?? 0] ?? notInAlphabet;
        const c = digitOf[text[at + 2] ?? 0] ?? notInAlphabet;
        const d = digitOf[text[at + 3] ?? 0] ?? notInAlphabet;
        if ((a | b | c | d) > 63) break;
        block[to] = (a << 2) | (b >>> 4);
        block[to + 1] = (b << 4) | (c >>> 2);
        block[to + 2] = (c << 6) | d;
        to += 3;
      }
      this.#count(to - this.#at);
      this.#at = to;
      if (at < stop || at === before) return at;
    }
    return at;
  }

  #digit(value: number): void {
    this.#bits = (this.#bits << 6) | value;
    this.#digits += 1;
    if (this.#digits < 4) return;
    this.#put(this.#bits >>> 16);
    this.#put(this.#bits >>> 8);
    this.#put(this.#bits);
    this.#bits = 0;
    this.#digits = 0;
  }

  #pad(): void {
    this.#paddings += 1;
    if (this.#digits < 2 || this.#digits + this.#paddings > 4) throw invalid();
  }

  #tail(byte: number, restBits: number): void {
    if (restBits !== 0) throw invalid();
    this.#put(byte);
  }

  #put(byte: number): void {
    if (this.#at === this.#block.length) this.#nextBlock();
    this.#block[this.#at] = byte;
    this.#at += 1;
    this.#count(1);
  }

  #count(bytes: number): void {
    this.#length += bytes;
    if (this.#length <= this.#bytesMax) return;
    throw new Problem('payloadTooLarge', { detail: `The content decodes to more than ${this.#bytesMax} bytes.` });
  }

  #nextBlock(): void {
    if (this.#at > 0) this.#blocks.push(this.#block.subarray(0, this.#at));
    this.#block = new Uint8Array(blockBytes);
    this.#at = 0;
  }
}

function invalid(): Problem {
  return new Problem('invalidBase64', {
    detail:
      'The content is not base64 as in RFC 4648: only its alphabet, line breaks and correct padding may stand there.',
  });
}

function alphabet(): Uint8Array {
  const values = new Uint8Array(256).fill(notInAlphabet);
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  for (const [value, digit] of [...digits].entries()) values[digit.charCodeAt(0)] = value;
  values['-'.charCodeAt(0)] = 62;
  values['_'.charCodeAt(0)] = 63;
  values['\r'.charCodeAt(0)] = lineBreak;
  values['\n'.charCodeAt(0)] = lineBreak;
  values['='.charCodeAt(0)] = padding;
  return values;
}
