import { type TokenStore, tokenBytes } from './token-store.ts';

/** Field count (int2), then each field as its length (int4) and its bytes: PostgreSQL's binary COPY format. */
const lineRowBytes = 2 + 4 + 4 + 4 + tokenBytes;
export const sampleRowBytes = 2 + 4 + 4 + 4 + 2 + 4 + tokenBytes;
const chunkBytes = 1_048_576;

/**
 * The rows (line int4, token uuid) of a part of the store, in every key generation, about 1 MB at a time.
 *
 * @returns undefined when `position` is past the last value
 */
export function copyLineRows(
  store: TokenStore,
  position: number,
): { rows: Uint8Array<ArrayBuffer>; nextPosition: number } | undefined {
  if (position >= store.size) return undefined;
  const { generations } = store;
  const nextPosition = Math.min(store.size, position + Math.floor(chunkBytes / (lineRowBytes * generations)));
  const rows = new Uint8Array((nextPosition - position) * generations * lineRowBytes);
  let at = 0;
  for (let index = position; index < nextPosition; index += 1) {
    const tokens = store.tokensOf(index);
    const lineNumber = store.lineAt(index);
    let from = store.tokenOffset(index);
    for (let generation = 0; generation < generations; generation += 1) {
      at = writeLineRow(rows, at, lineNumber, tokens, from);
      from += tokenBytes;
    }
  }
  return { rows, nextPosition };
}

/** Writes a row (line int4, identifier_type int2, token uuid); `index` counts tokens. Returns where the next begins. */
export function writeSampleRow(
  rows: Uint8Array,
  start: number,
  row: { lineNumber: number; typeCode: number; tokens: Uint8Array; index: number },
): number {
  const view = new DataView(rows.buffer, rows.byteOffset + start, sampleRowBytes);
  view.setInt16(0, 3);
  view.setInt32(2, 4);
  view.setInt32(6, row.lineNumber);
  view.setInt32(10, 2);
  view.setInt16(14, row.typeCode);
  view.setInt32(16, tokenBytes);
  rows.set(row.tokens.subarray(row.index * tokenBytes, (row.index + 1) * tokenBytes), start + 20);
  return start + sampleRowBytes;
}

/** Byte by byte, because it runs once a line: a DataView and a `set` a row take three times as long. */
function writeLineRow(rows: Uint8Array, start: number, lineNumber: number, tokens: Uint8Array, from: number): number {
  rows[start + 1] = 2;
  rows[start + 5] = 4;
  rows[start + 6] = lineNumber >>> 24;
  rows[start + 7] = lineNumber >>> 16;
  rows[start + 8] = lineNumber >>> 8;
  rows[start + 9] = lineNumber;
  rows[start + 13] = tokenBytes;
  for (let byte = 0; byte < tokenBytes; byte += 1) rows[start + 14 + byte] = tokens[from + byte] ?? 0;
  return start + lineRowBytes;
}
