import type { PackedValues } from '../../../crypto/packed-values.ts';

const bytesFirst = 65_536;

/** Gathers texts into packed values: one buffer, UTF-8. */
export class PackedWriter {
  #bytes = Buffer.allocUnsafeSlow(bytesFirst);
  #length = 0;
  #ends: number[] = [0];

  get count(): number {
    return this.#ends.length - 1;
  }

  add(value: string): void {
    this.append(value);
    this.endValue();
  }

  /** Writes a part of a value; `endValue` completes it. */
  append(part: string): void {
    const needed = this.#length + part.length * 3;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, needed));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#length += this.#bytes.write(part, this.#length, 'utf8');
  }

  endValue(): void {
    this.#ends.push(this.#length);
  }

  /** What was gathered since the last call, in memory of its own. */
  take(): PackedValues {
    const bytes = new Uint8Array(this.#length);
    bytes.set(this.#bytes.subarray(0, this.#length));
    const offsets = Uint32Array.from(this.#ends);
    this.#length = 0;
    this.#ends = [0];
    return { bytes, offsets };
  }
}
