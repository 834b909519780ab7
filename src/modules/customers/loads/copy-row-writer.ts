const bytesFirst = 262_144;
const tokenBytes = 16;
/** Days from 1970-01-01 to PostgreSQL's day zero, 2000-01-01. */
const epochDays = 10_957;
const dayMs = 86_400_000;

/**
 * Writes rows of PostgreSQL's binary COPY format without header and trailer (PostgreSQL manual, COPY): the number of
 * fields (int2), then each field as its length (int4, -1 = null) and its bytes.
 */
export class CopyRowWriter {
  #bytes = Buffer.allocUnsafeSlow(bytesFirst);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written since the last call, in memory of its own. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = new Uint8Array(this.#length);
    taken.set(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return taken;
  }

  row(fieldCount: number): void {
    this.#room(2);
    this.#length = this.#bytes.writeInt16BE(fieldCount, this.#length);
  }

  null(): void {
    this.#room(4);
    this.#length = this.#bytes.writeInt32BE(-1, this.#length);
  }

  integer(value: number): void {
    this.#room(8);
    this.#length = this.#bytes.writeInt32BE(4, this.#length);
    this.#length = this.#bytes.writeInt32BE(value, this.#length);
  }

  smallint(value: number | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#room(6);
    this.#length = this.#bytes.writeInt32BE(2, this.#length);
    this.#length = this.#bytes.writeInt16BE(value, this.#length);
  }

  boolean(value: boolean): void {
    this.#room(5);
    this.#length = this.#bytes.writeInt32BE(1, this.#length);
    this.#length = this.#bytes.writeUInt8(value ? 1 : 0, this.#length);
  }

  /** @param value `YYYY-MM-DD` */
  date(value: string | null): void {
    if (value === null) this.null();
    else this.integer(Date.parse(`${value}T00:00:00.000Z`) / dayMs - epochDays);
  }

  text(value: string | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#room(4 + value.length * 3);
    const written = this.#bytes.write(value, this.#length + 4, 'utf8');
    this.#bytes.writeInt32BE(written, this.#length);
    this.#length += 4 + written;
  }

  bytea(value: Uint8Array): void {
    this.#room(4 + value.length);
    this.#length = this.#bytes.writeInt32BE(value.length, this.#length);
    this.raw(value);
  }

  /** @param index of the token in `tokens`, 16 bytes each */
  token(tokens: Uint8Array, index: number): void {
    this.#room(4 + tokenBytes);
    this.#length = this.#bytes.writeInt32BE(tokenBytes, this.#length);
    const from = index * tokenBytes;
    for (let byte = 0; byte < tokenBytes; byte += 1) this.#bytes[this.#length + byte] = tokens[from + byte] ?? 0;
    this.#length += tokenBytes;
  }

  /** Bytes that are fields already. */
  raw(value: Uint8Array): void {
    this.#room(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + bytes));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
