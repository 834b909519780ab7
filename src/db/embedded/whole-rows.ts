/**
 * Cuts binary COPY rows (PostgreSQL manual, COPY: fields as int2, each as its length in int4 and its bytes) at the ends
 * of rows, however they arrive: a file of its own for the engine must hold whole rows. A load of over 8 MiB, read from
 * its spool in pieces of a mebibyte, was refused without this.
 */
export async function* wholeRows(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let waiting = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes =
      waiting.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength) : joined(waiting, chunk);
    const end = endOfRows(bytes);
    if (end > 0) yield bytes.subarray(0, end);
    // A copy: a view would keep the whole piece alive.
    waiting = Buffer.from(bytes.subarray(end));
  }
  // What is left is no row: the engine says so.
  if (waiting.length > 0) yield waiting;
}

function joined(waiting: Buffer, chunk: Uint8Array): Buffer<ArrayBuffer> {
  return Buffer.concat([waiting, chunk]);
}

/** Where the last whole row ends. */
function endOfRows(bytes: Buffer): number {
  let end = 0;
  for (;;) {
    const next = endOfRow(bytes, end);
    if (next === undefined) return end;
    end = next;
  }
}

function endOfRow(bytes: Buffer, start: number): number | undefined {
  if (start + 2 > bytes.length) return undefined;
  let at = start + 2;
  for (let left = bytes.readInt16BE(start); left > 0; left -= 1) {
    if (at + 4 > bytes.length) return undefined;
    at += 4 + Math.max(0, bytes.readInt32BE(at));
  }
  return at > bytes.length ? undefined : at;
}
