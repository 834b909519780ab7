import { release } from './token-store.ts';

const segmentLog2 = 16;
const segmentLines = 1 << segmentLog2;
const segmentMask = segmentLines - 1;
const pairSegment = 32_768;
const bytesPerPair = 8;
/** A line's slot is its first ordinal + 1; the top bit says that it has others. */
const severalBit = 0x8000_0000;
const ordinalMaxMask = severalBit - 1;
export const ordinalMax = ordinalMaxMask - 1;

/** The customers of each line: the first one in 4 bytes a line, the others as pairs on the side. */
export class OrdinalTable implements Disposable {
  #segments: (Uint32Array | undefined)[] = [];
  #segmentCount = 0;
  #pairs: Uint32Array[] = [];
  #pairCount = 0;

  get bytesUsed(): number {
    return (
      this.#segmentCount * segmentLines * Uint32Array.BYTES_PER_ELEMENT +
      this.#pairs.length * pairSegment * bytesPerPair
    );
  }

  /** The same pair may come again, e.g. from two key generations. */
  add(lineNumber: number, ordinal: number): void {
    const segment = this.#segments[lineNumber >>> segmentLog2] ?? this.#addSegment(lineNumber >>> segmentLog2);
    const at = lineNumber & segmentMask;
    const slot = segment[at] ?? 0;
    if (slot === 0) {
      segment[at] = ordinal + 1;
    } else if ((slot & ordinalMaxMask) !== ordinal + 1) {
      segment[at] = slot | severalBit;
      this.#addPair(lineNumber, ordinal);
    }
  }

  /** How many distinct customers the line has, as 0, 1 or 2 for several. */
  customersOf(lineNumber: number): 0 | 1 | 2 {
    const slot = this.#slot(lineNumber);
    if (slot === 0) return 0;
    return slot >= severalBit ? 2 : 1;
  }

  /** The first ordinal of a line that has any. */
  firstOf(lineNumber: number): number {
    return (this.#slot(lineNumber) & ordinalMaxMask) - 1;
  }

  /** Visits the pairs beyond the first one of each line; some may come twice. */
  forEachOther(visit: (lineNumber: number, ordinal: number) => void): void {
    for (let index = 0; index < this.#pairCount; index += 1) {
      const pairs = this.#pairs[Math.floor(index / pairSegment)];
      const at = (index % pairSegment) * 2;
      if (pairs !== undefined) visit(pairs[at] ?? 0, pairs[at + 1] ?? 0);
    }
  }

  clear(): void {
    for (const segment of this.#segments) if (segment !== undefined) release(segment);
    for (const pairs of this.#pairs) release(pairs);
    this.#segments = [];
    this.#segmentCount = 0;
    this.#pairs = [];
    this.#pairCount = 0;
  }

  [Symbol.dispose](): void {
    this.clear();
  }

  #slot(lineNumber: number): number {
    return this.#segments[lineNumber >>> segmentLog2]?.[lineNumber & segmentMask] ?? 0;
  }

  #addSegment(position: number): Uint32Array {
    const segment = new Uint32Array(segmentLines);
    this.#segments[position] = segment;
    this.#segmentCount += 1;
    return segment;
  }

  #addPair(lineNumber: number, ordinal: number): void {
    const position = Math.floor(this.#pairCount / pairSegment);
    const pairs = this.#pairs[position] ?? new Uint32Array(pairSegment * 2);
    if (position === this.#pairs.length) this.#pairs.push(pairs);
    const at = (this.#pairCount % pairSegment) * 2;
    pairs[at] = lineNumber;
    pairs[at + 1] = ordinal;
    this.#pairCount += 1;
  }
}
