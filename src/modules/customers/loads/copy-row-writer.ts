const bytesFirst = 262_144;
const tokenBytes = 16;
/** PostgreSQL's day zero. */
const epochDay = dayNumber(2000, 1, 1);
const epochMs = Date.UTC(2000, 0, 1);

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

  boolean(value: boolean | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#room(5);
    this.#length = this.#bytes.writeInt32BE(1, this.#length);
    this.#length = this.#bytes.writeUInt8(value ? 1 : 0, this.#length);
  }

  /** @param value a whole number within 2^53 */
  bigint(value: number | null): void {
    if (value === null) {
      this.null();
      return;
    }
    this.#room(12);
    this.#length = this.#bytes.writeInt32BE(8, this.#length);
    this.#length = this.#bytes.writeBigInt64BE(BigInt(value), this.#length);
  }

  /** @param value milliseconds since 1970 */
  timestamp(value: number | null): void {
    this.bigint(value === null ? null : (value - epochMs) * 1_000);
  }

  /** @param json its text; the type's own format is version 1 and that text */
  jsonb(json: string): void {
    this.#room(5 + json.length * 3);
    const written = this.#bytes.write(json, this.#length + 5, 'utf8');
    this.#bytes.writeInt32BE(written + 1, this.#length);
    this.#bytes[this.#length + 4] = 1;
    this.#length += 5 + written;
  }

  /** @param value `YYYY-MM-DD` */
  date(value: string | null): void {
    if (value === null) this.null();
    else {
      const day = dayNumber(Number(value.slice(0, 4)), Number(value.slice(5, 7)), Number(value.slice(8, 10)));
      this.integer(day - epochDay);
    }
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

/**
 * Days since 0000-03-01 in the proleptic Gregorian calendar. Years are counted from March, so that the leap day is the
 * last of its year. Arithmetic, because a Date a row takes ten times as long.
 */
function dayNumber(year: number, month: number, day: number): number {
  const years = month > 2 ? year : year - 1;
  const months = (month + 9) % 12;
  const leapDays = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
  return years * 365 + leapDays + Math.floor((months * 153 + 2) / 5) + day - 1;
}
