/** Rows in PostgreSQL's binary COPY format, without header and trailer: numbers as int4, strings as text, null. */
export function copyRows(rows: readonly (readonly (number | string | null)[])[]): Buffer {
  return Buffer.concat(rows.map((row) => Buffer.concat([int16(row.length), ...row.map(field)])));
}

function field(value: number | string | null): Buffer {
  if (value === null) return int32(-1);
  const bytes = typeof value === 'number' ? int32(value) : Buffer.from(value);
  return Buffer.concat([int32(bytes.length), bytes]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
