import { randomBytes } from 'node:crypto';
import { release, type TokenStore } from './token-store.ts';

const wordsPerToken = 4;

/**
 * A bucket is one cache line: ten entries (the value's index in the low 25 bits, the top bits of its hash above), then ten
 * marks of 16 bits (1, the next bits of the hash, its home bucket), four bytes free.
 */
const bucketWordsLog2 = 4;
const bucketSlots = 10;
const indexBits = 25;
const indexMask = (1 << indexBits) - 1;
export const valuesMax = indexMask;
const bucketsLog2 = 8;
const bucketMask = (1 << bucketsLog2) - 1;
const usedMark = 0x8000;
const markTopBits = 7;
const markTopShift = indexBits - markTopBits;
/** Top bits of a hash that entry and mark hold together: so deep, a segment is split without a look at any token. */
const knownDepthMax = 32 - markTopShift;
const depthMax = 22;

const segmentWordsLog2 = bucketsLog2 + bucketWordsLog2;
const segmentWords = 1 << segmentWordsLog2;
/** Above four fifths many values lie outside their home bucket; a segment that is split is two fifths full. */
const segmentUsedMax = (1 << bucketsLog2) * bucketSlots * 0.8;
const slabSegmentsLog2 = 6;
const slabSegmentMask = (1 << slabSegmentsLog2) - 1;
const slabWords = segmentWords << slabSegmentsLog2;

interface Slab {
  readonly words: Uint32Array;
  readonly marks: Uint16Array;
}

/**
 * Finds values of a token store by their first token: open addressing in segments of 16 KiB (extendible hashing: a full
 * segment is split in two by the next bit of the hash), so it grows without ever copying itself; 8 to 16 bytes a value.
 * A look-up is bound by cache misses: the layout makes it one. The hash is keyed at random per table, because the tokens of
 * the two clear id types could otherwise be chosen to collide.
 */
export class TokenTable implements Disposable {
  readonly #store: TokenStore;
  readonly #factors = new Int32Array(new Uint8Array(randomBytes(16)).buffer).map((factor) => factor | 1);
  #slabs: Slab[] = [];
  /** Of each segment: values in it, and how many top bits of the hash they share. */
  readonly #used: number[] = [];
  readonly #depths: number[] = [];
  /** Segment by the top `#depth` bits of the hash. */
  #directory = new Uint32Array(2);
  #depth = 1;

  constructor(store: TokenStore) {
    this.#store = store;
    this.#addSegment(1);
    this.#directory[1] = this.#addSegment(1);
  }

  get bytesUsed(): number {
    return this.#slabs.length * slabWords * Uint32Array.BYTES_PER_ELEMENT + this.#directory.byteLength;
  }

  /**
   * Notes that the store's next value will have this token.
   *
   * @returns false when a value with the same token is there already
   */
  addNext(tokens: Uint32Array, offset: number): boolean {
    const hash = this.#hash(tokens, offset);
    const mark = markOf(hash);
    const segment = this.#segmentOf(hash);
    const { words, marks } = this.#slabOf(segment);
    const base = (segment & slabSegmentMask) << segmentWordsLog2;
    for (let bucket = hash & bucketMask; ; bucket = (bucket + 1) & bucketMask) {
      const first = base + (bucket << bucketWordsLog2);
      const firstMark = first * 2 + bucketSlots * 2;
      for (let slot = 0; slot < bucketSlots; slot += 1) {
        const found = marks[firstMark + slot] ?? 0;
        if (found === 0) {
          this.#add(segment, hash, mark);
          return true;
        }
        if (found === mark && this.#isToken(words[first + slot] ?? 0, hash, tokens, offset)) return false;
      }
    }
  }

  /**
   * Reads the buckets of values that are about to be added. These reads do not depend on each other, so the processor waits
   * for memory once for all of them, and not in each `addNext` (measured, 1 M values: a fifth less time for both).
   *
   * @returns what was read, so that the reads are not optimised away
   */
  warm(tokens: Uint32Array, first: number, end: number): number {
    let seen = 0;
    for (let index = first; index < end; index += 1) {
      const hash = this.#hash(tokens, index * wordsPerToken);
      const segment = this.#directory[hash >>> (32 - this.#depth)] ?? 0;
      const base = (segment & slabSegmentMask) << segmentWordsLog2;
      seen ^= this.#slabs[segment >>> slabSegmentsLog2]?.words[base + ((hash & bucketMask) << bucketWordsLog2)] ?? 0;
    }
    return seen;
  }

  [Symbol.dispose](): void {
    for (const { words } of this.#slabs) release(words);
    this.#slabs = [];
  }

  #add(full: number, hash: number, mark: number): void {
    const index = this.#store.size;
    if (index >= valuesMax) throw new Error(`a list cannot have more than ${valuesMax} distinct values`);
    let segment = full;
    while ((this.#used[segment] ?? 0) >= segmentUsedMax) {
      this.#split(segment, hash);
      segment = this.#segmentOf(hash);
    }
    this.#put(segment, mark, ((hash & ~indexMask) | index) >>> 0);
  }

  #put(segment: number, mark: number, entry: number): void {
    const { words, marks } = this.#slabOf(segment);
    const base = (segment & slabSegmentMask) << segmentWordsLog2;
    this.#used[segment] = (this.#used[segment] ?? 0) + 1;
    for (let bucket = mark & bucketMask; ; bucket = (bucket + 1) & bucketMask) {
      const first = base + (bucket << bucketWordsLog2);
      const firstMark = first * 2 + bucketSlots * 2;
      for (let slot = 0; slot < bucketSlots; slot += 1) {
        if (marks[firstMark + slot] !== 0) continue;
        marks[firstMark + slot] = mark;
        words[first + slot] = entry;
        return;
      }
    }
  }

  #segmentOf(hash: number): number {
    return this.#directory[hash >>> (32 - this.#depth)] ?? 0;
  }

  #slabOf(segment: number): Slab {
    const slab = this.#slabs[segment >>> slabSegmentsLog2];
    if (slab === undefined) throw new Error('the token table is disposed');
    return slab;
  }

  #isToken(entry: number, hash: number, tokens: Uint32Array, offset: number): boolean {
    if (entry >>> indexBits !== hash >>> indexBits) return false;
    const stored = this.#store.wordsOf(entry & indexMask);
    const at = this.#store.wordOffset(entry & indexMask);
    return (
      stored !== undefined &&
      stored[at] === tokens[offset] &&
      stored[at + 1] === tokens[offset + 1] &&
      stored[at + 2] === tokens[offset + 2] &&
      stored[at + 3] === tokens[offset + 3]
    );
  }

  #hash(tokens: Uint32Array, offset: number): number {
    const factors = this.#factors;
    let hash = Math.imul(tokens[offset] ?? 0, factors[0] ?? 1) + Math.imul(tokens[offset + 1] ?? 0, factors[1] ?? 1);
    hash = (hash ^ (hash >>> 15)) + Math.imul(tokens[offset + 2] ?? 0, factors[2] ?? 1);
    hash = Math.imul(hash ^ (hash >>> 13), factors[3] ?? 1);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  /** Keeps the values with bit 0 in the segment and moves those with bit 1 to a new one. */
  #split(segment: number, hash: number): void {
    const depth = (this.#depths[segment] ?? 0) + 1;
    if (depth > this.#depth) this.#doubleDirectory();
    const high = this.#addSegment(depth);
    const { words } = this.#slabOf(segment);
    const base = (segment & slabSegmentMask) << segmentWordsLog2;
    const oldWords = words.slice(base, base + segmentWords);
    const oldMarks = new Uint16Array(oldWords.buffer);
    words.fill(0, base, base + segmentWords);
    this.#used[segment] = 0;
    this.#depths[segment] = depth;
    for (let first = 0; first < segmentWords; first += 1 << bucketWordsLog2) {
      for (let slot = 0; slot < bucketSlots; slot += 1) {
        const mark = oldMarks[first * 2 + bucketSlots * 2 + slot] ?? 0;
        if (mark === 0) break;
        const entry = oldWords[first + slot] ?? 0;
        const isHigh = (this.#topOf(entry, mark, depth) >>> (32 - depth)) & 1;
        this.#put(isHigh === 1 ? high : segment, mark, entry);
      }
    }
    const span = 1 << (this.#depth - depth + 1);
    const firstOfBoth = (hash >>> (32 - this.#depth)) & ~(span - 1);
    this.#directory.fill(high, firstOfBoth + span / 2, firstOfBoth + span);
  }

  /** A hash with the same top `depth` bits as that of the entry. */
  #topOf(entry: number, mark: number, depth: number): number {
    if (depth <= knownDepthMax)
      return (entry & ~indexMask) | ((mark & ~usedMark & ~bucketMask) << (markTopShift - bucketsLog2));
    const index = entry & indexMask;
    return this.#hash(this.#store.wordsOf(index) ?? new Uint32Array(0), this.#store.wordOffset(index));
  }

  /** Doubles the list of segments, not the segments: 4 bytes for each 16 KiB. */
  #doubleDirectory(): void {
    if (this.#depth === depthMax) throw new Error('the token table is uneven');
    this.#directory = this.#directory.reduce(
      (doubled, segment, position) => {
        return doubled.fill(segment, position * 2, position * 2 + 2);
      },
      new Uint32Array(this.#directory.length * 2),
    );
    this.#depth += 1;
  }

  #addSegment(depth: number): number {
    const segment = this.#depths.length;
    if (segment >>> slabSegmentsLog2 === this.#slabs.length) {
      const words = new Uint32Array(slabWords);
      this.#slabs.push({ words, marks: new Uint16Array(words.buffer) });
    }
    this.#depths.push(depth);
    this.#used.push(0);
    return segment;
  }
}

function markOf(hash: number): number {
  return usedMark | (((hash >>> markTopShift) & ((1 << markTopBits) - 1)) << bucketsLog2) | (hash & bucketMask);
}
