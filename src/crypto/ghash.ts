/**
 * GHASH (SP 800-38D section 6.4), by tables: the products of every byte at each of the 16 places, so that a block costs
 * 16 look-ups. Node offers GCM as a whole only, one object a message; this is for many short messages at once.
 *
 * What a look-up takes may tell a process on the same processor something of the hash key. That key authenticates
 * and hides nothing, and who could watch the cache here could read the answers as well.
 */
export interface Ghash {
  /** Takes `bytes[from .. to)`, the last block filled up with zeros. */
  update(bytes: Uint8Array, from: number, to: number): void;
  /**
   * Takes the lengths in bytes of what was authenticated and what was encrypted, the last block of GCM, and starts over.
   *
   * @returns the four words of the hash, big-endian
   */
  finish(associatedBytes: number, ciphertextBytes: number): readonly [number, number, number, number];
}

const blockBytes = 16;
const wordsPerBlock = 4;
/** R of SP 800-38D: x^128 = x^7 + x^2 + x + 1, bits reflected. */
const reduction = 0xe1000000;

/** @param hashKey 16 bytes, the encryption of the zero block */
export function createGhash(hashKey: Uint8Array): Ghash {
  const tables = productsOf(hashKey);
  const state = new Int32Array(wordsPerBlock);
  const tail = new Uint8Array(blockBytes);
  return {
    update(bytes, from, to) {
      const whole = from + Math.floor((to - from) / blockBytes) * blockBytes;
      absorb(tables, state, { bytes, from, to: whole });
      if (whole === to) return;
      tail.fill(0);
      for (let at = whole; at < to; at += 1) tail[at - whole] = bytes[at] ?? 0;
      absorb(tables, state, { bytes: tail, from: 0, to: blockBytes });
    },
    finish(associatedBytes, ciphertextBytes) {
      // In bits, 64 each; a message of ours is far below 2^29 bytes.
      tail.fill(0);
      writeWord(tail, 4, associatedBytes * 8);
      writeWord(tail, 12, ciphertextBytes * 8);
      absorb(tables, state, { bytes: tail, from: 0, to: blockBytes });
      const [y0 = 0, y1 = 0, y2 = 0, y3 = 0] = state;
      state.fill(0);
      return [y0, y1, y2, y3];
    },
  };
}

/** Whole blocks: each is added to the state, and the sum multiplied by the hash key. */
function absorb(tables: Tables, state: Int32Array, blocks: { bytes: Uint8Array; from: number; to: number }): void {
  const { bytes, to } = blocks;
  const [table0, table1, table2, table3] = tables;
  let [y0 = 0, y1 = 0, y2 = 0, y3 = 0] = state;
  for (let at = blocks.from; at < to; at += blockBytes) {
    const x0 = y0 ^ readWord(bytes, at);
    const x1 = y1 ^ readWord(bytes, at + 4);
    const x2 = y2 ^ readWord(bytes, at + 8);
    const x3 = y3 ^ readWord(bytes, at + 12);
    y0 = productWord(table0, x0, x1, x2, x3);
    y1 = productWord(table1, x0, x1, x2, x3);
    y2 = productWord(table2, x0, x1, x2, x3);
    y3 = productWord(table3, x0, x1, x2, x3);
  }
  state[0] = y0;
  state[1] = y1;
  state[2] = y2;
  state[3] = y3;
}

/** One word of the product: what the sixteen bytes of the factor contribute to it. */
function productWord(table: Int32Array, x0: number, x1: number, x2: number, x3: number): number {
  return (
    (table[x0 >>> 24] ?? 0) ^
    (table[0x100 | ((x0 >>> 16) & 0xff)] ?? 0) ^
    (table[0x200 | ((x0 >>> 8) & 0xff)] ?? 0) ^
    (table[0x300 | (x0 & 0xff)] ?? 0) ^
    (table[0x400 | (x1 >>> 24)] ?? 0) ^
    (table[0x500 | ((x1 >>> 16) & 0xff)] ?? 0) ^
    (table[0x600 | ((x1 >>> 8) & 0xff)] ?? 0) ^
    (table[0x700 | (x1 & 0xff)] ?? 0) ^
    (table[0x800 | (x2 >>> 24)] ?? 0) ^
    (table[0x900 | ((x2 >>> 16) & 0xff)] ?? 0) ^
    (table[0xa00 | ((x2 >>> 8) & 0xff)] ?? 0) ^
    (table[0xb00 | (x2 & 0xff)] ?? 0) ^
    (table[0xc00 | (x3 >>> 24)] ?? 0) ^
    (table[0xd00 | ((x3 >>> 16) & 0xff)] ?? 0) ^
    (table[0xe00 | ((x3 >>> 8) & 0xff)] ?? 0) ^
    (table[0xf00 | (x3 & 0xff)] ?? 0)
  );
}

/** Big-endian. */
export function writeWord(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Big-endian. */
export function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

/** One table for each word of a product; in it 256 entries for each of the 16 places of a byte. 64 KiB in all. */
type Tables = readonly [Int32Array, Int32Array, Int32Array, Int32Array];

function productsOf(hashKey: Uint8Array): Tables {
  const newTable = () => new Int32Array(blockBytes * 256);
  const tables = [newTable(), newTable(), newTable(), newTable()] as const;
  let power = [0, 4, 8, 12].map((at) => readWord(hashKey, at));
  for (let base = 0; base < blockBytes * 256; base += 256) {
    for (let bit = 0x80; bit > 0; bit >>= 1) {
      for (const [index, table] of tables.entries()) table[base | bit] = power[index] ?? 0;
      power = timesX(power);
    }
    for (let byte = 1; byte < 256; byte += 1) {
      // The sum of the product of its lowest bit and of the product of the others, which stands there already.
      const lowest = base | (byte & -byte);
      const others = base | (byte & (byte - 1));
      if (others !== base) for (const table of tables) table[base | byte] = (table[lowest] ?? 0) ^ (table[others] ?? 0);
    }
  }
  return tables;
}

/** Times x: one place to the right, because GCM writes the lowest power first. */
function timesX([v0 = 0, v1 = 0, v2 = 0, v3 = 0]: readonly number[]): number[] {
  const carried = (v3 & 1) === 1 ? reduction : 0;
  return [(v0 >>> 1) ^ carried, (v1 >>> 1) | (v0 << 31), (v2 >>> 1) | (v1 << 31), (v3 >>> 1) | (v2 << 31)];
}
