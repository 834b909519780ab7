/** Values of one segment: 2^15, so that a small list takes little and a large one is never copied to grow. */
const segmentLog2 = 15;
export const segmentValues = 1 << segmentLog2;
const segmentMask = segmentValues - 1;
export const tokenBytes = 16;
const tokenWords = 4;
const noBytes = new Uint8Array(0);

interface TokenSegment {
  /** Tokens in order, `generations` of them a value. */
  readonly tokens: Uint8Array;
  readonly words: Uint32Array;
  readonly lines: Uint32Array;
}

/**
 * Lines with their tokens, one of each key generation, in the order they were added: 20 bytes a value for one generation.
 * Grows by segments, which are never copied.
 */
export class TokenStore implements Disposable {
  /** Tokens a value, at least 1. */
  readonly generations: number;
  #segments: TokenSegment[] = [];
  #size = 0;

  constructor(generations: number) {
    this.generations = generations;
  }

  get size(): number {
    return this.#size;
  }

  get bytesUsed(): number {
    return this.#segments.length * segmentValues * (tokenBytes * this.generations + Uint32Array.BYTES_PER_ELEMENT);
  }

  /** Adds the value at `index` of `tokensOf`, one packed array of tokens a generation. */
  add(lineNumber: number, tokensOf: readonly Uint32Array[], index: number): void {
    const at = this.#size & segmentMask;
    const segment = this.#segments[this.#size >>> segmentLog2] ?? this.#addSegment();
    segment.lines[at] = lineNumber;
    let word = at * this.generations * tokenWords;
    for (const tokens of tokensOf) {
      for (let from = index * tokenWords; from < (index + 1) * tokenWords; from += 1) {
        segment.words[word] = tokens[from] ?? 0;
        word += 1;
      }
    }
    this.#size += 1;
  }

  /** Adds a value of another store with as many generations. */
  addFrom(other: TokenStore, index: number): void {
    const words = other.wordsOf(index) ?? new Uint32Array(0);
    const offset = other.wordOffset(index);
    const tokensOf: Uint32Array[] = [];
    for (let generation = 0; generation < this.generations; generation += 1) {
      const start = offset + generation * tokenWords;
      tokensOf.push(words.subarray(start, start + tokenWords));
    }
    this.add(other.lineAt(index), tokensOf, 0);
  }

  lineAt(index: number): number {
    return this.#segments[index >>> segmentLog2]?.lines[index & segmentMask] ?? 0;
  }

  /** The words of the segment that holds value `index`; its first token begins at `wordOffset(index)`. */
  wordsOf(index: number): Uint32Array | undefined {
    return this.#segments[index >>> segmentLog2]?.words;
  }

  wordOffset(index: number): number {
    return (index & segmentMask) * this.generations * tokenWords;
  }

  /** The bytes of the segment that holds value `index`; its first token begins at `tokenOffset(index)`. */
  tokensOf(index: number): Uint8Array {
    return this.#segments[index >>> segmentLog2]?.tokens ?? noBytes;
  }

  tokenOffset(index: number): number {
    return (index & segmentMask) * this.generations * tokenBytes;
  }

  /** The lines of the values from `first`, which begins a segment, to the end of the segment, as bytes. */
  linesBytes(first: number): Uint8Array {
    const lines = this.#segments[first >>> segmentLog2]?.lines;
    return lines === undefined
      ? noBytes
      : new Uint8Array(lines.buffer, 0, this.#countFrom(first) * lines.BYTES_PER_ELEMENT);
  }

  /** Their tokens. */
  tokensBytes(first: number): Uint8Array {
    return this.tokensOf(first).subarray(0, this.#countFrom(first) * this.generations * tokenBytes);
  }

  /** Makes room for `size` values whose bytes the caller writes into the segments. */
  allocate(size: number): void {
    while (this.#segments.length * segmentValues < size) this.#addSegment();
    this.#size = size;
  }

  [Symbol.dispose](): void {
    for (const { tokens, lines } of this.#segments) {
      release(tokens);
      release(lines);
    }
    this.#segments = [];
    this.#size = 0;
  }

  #countFrom(first: number): number {
    return Math.min(segmentValues, this.#size - first);
  }

  #addSegment(): TokenSegment {
    const buffer = new ArrayBuffer(segmentValues * this.generations * tokenBytes);
    const segment = {
      tokens: new Uint8Array(buffer),
      words: new Uint32Array(buffer),
      lines: new Uint32Array(segmentValues),
    };
    this.#segments.push(segment);
    return segment;
  }
}

/** Frees the memory at once instead of at some later garbage collection, unless it is a part of some other memory. */
export function release(array: { readonly buffer: ArrayBufferLike; readonly byteLength: number }): void {
  const { buffer } = array;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === array.byteLength) buffer.transfer(0);
}

/** Tokens as 32-bit words, copied only when they do not begin at a multiple of four bytes. */
export function wordsOfTokens(tokens: Uint8Array): Uint32Array {
  const aligned = tokens.byteOffset % Uint32Array.BYTES_PER_ELEMENT === 0 ? tokens : tokens.slice();
  return new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / Uint32Array.BYTES_PER_ELEMENT);
}
