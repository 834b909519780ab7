import { batchBytesMax, batchValuesMax, lineCharactersMax } from './reading-limits.ts';

/** Canonical values packed for one call of the tokeniser. */
export interface PackedLines {
  readonly bytes: Uint8Array;
  /** Value i is `bytes[offsets[i] .. offsets[i + 1]]`. */
  readonly offsets: Uint32Array;
  readonly lines: Uint32Array;
}

/** A canonical value is at most as long as its line, in UTF-8, after normalisation, which can triple it. */
const valueBytesMax = lineCharactersMax * 9;

/** Gathers canonical values and hands them on many at a time. */
export class ValueBatch {
  readonly bytes = new Uint8Array(batchBytesMax);
  readonly #offsets = new Uint32Array(batchValuesMax + 1);
  readonly #lines = new Uint32Array(batchValuesMax);
  readonly #onFull: (values: PackedLines) => void;
  #count = 0;
  #length = 0;

  constructor(onFull: (values: PackedLines) => void) {
    this.#onFull = onFull;
  }

  get bytesUsed(): number {
    return this.bytes.length + this.#offsets.byteLength + this.#lines.byteLength;
  }

  /** Where the next value may be written in `bytes`; there is room for any value. */
  get position(): number {
    return this.#length;
  }

  /** Accepts the `length` bytes that were written at `position`. */
  add(lineNumber: number, length: number): void {
    this.#lines[this.#count] = lineNumber;
    this.#count += 1;
    this.#length += length;
    this.#offsets[this.#count] = this.#length;
    if (this.#count === batchValuesMax || this.#length + valueBytesMax > batchBytesMax) this.flush();
  }

  addText(lineNumber: number, value: string): void {
    const length = Buffer.byteLength(value);
    if (length > valueBytesMax) throw new Error('a canonical value is longer than its line');
    this.add(lineNumber, Buffer.from(this.bytes.buffer, this.#length, length).write(value, 'utf8'));
  }

  flush(): void {
    if (this.#count === 0) return;
    const values = {
      bytes: this.bytes.subarray(0, this.#length),
      offsets: this.#offsets.subarray(0, this.#count + 1),
      lines: this.#lines.subarray(0, this.#count),
    };
    this.#count = 0;
    this.#length = 0;
    this.#onFull(values);
  }
}
