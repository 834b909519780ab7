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
  /** Takes the lengths in bytes of what was authenticated and what was encrypted: the last block of GCM. */
  updateLengths(associatedBytes: number, ciphertextBytes: number): void;
  /** The four words of the hash, big-endian; starts over. */
  finish(): readonly [number, number, number, number];
}

const blockBytes = 16;
const wordsPerBlock = 4;
/** Words of the table for one place of a block, and for the four of a word. */
const place = 256 * wordsPerBlock;
const quarter = 4 * place;
/** R of SP 800-38D: x^128 = x^7 + x^2 + x + 1, bits reflected. */
const reduction = 0xe1000000;

/** @param hashKey 16 bytes, the encryption of the zero block */
export function createGhash(hashKey: Uint8Array): Ghash {
  const table = productsOf(hashKey);
  const state = new Int32Array(wordsPerBlock);
  const tail = new Uint8Array(blockBytes);
  return {
    update(bytes, from, to) {
      const whole = from + Math.floor((to - from) / blockBytes) * blockBytes;
      absorb(table, state, { bytes, from, to: whole });
      if (whole === to) return;
      tail.fill(0);
      for (let at = whole; at < to; at += 1) tail[at - whole] = bytes[at] ?? 0;
      absorb(table, state, { bytes: tail, from: 0, to: blockBytes });
    },
    updateLengths(associatedBytes, ciphertextBytes) {
      // In bits, 64 each; a message of ours is far below 2^29 bytes.
      tail.fill(0);
      writeWord(tail, 4, associatedBytes * 8);
      writeWord(tail, 12, ciphertextBytes * 8);
      absorb(table, state, { bytes: tail, from: 0, to: blockBytes });
    },
    finish() {
      const [y0 = 0, y1 = 0, y2 = 0, y3 = 0] = state;
      state.fill(0);
      return [y0, y1, y2, y3];
    },
  };
}

/** Whole blocks: each is added to the state, and the sum multiplied by the hash key. */
function absorb(table: Int32Array, state: Int32Array, blocks: { bytes: Uint8Array; from: number; to: number }): void {
  const { bytes, to } = blocks;
  let [y0 = 0, y1 = 0, y2 = 0, y3 = 0] = state;
  for (let at = blocks.from; at < to; at += blockBytes) {
    const x0 = y0 ^ word(bytes, at);
    const x1 = y1 ^ word(bytes, at + 4);
    const x2 = y2 ^ word(bytes, at + 8);
    const x3 = y3 ^ word(bytes, at + 12);
    y0 =
      product(table, 0, x0) ^
      product(table, quarter, x1) ^
      product(table, 2 * quarter, x2) ^
      product(table, 3 * quarter, x3);
    y1 =
      product(table, 1, x0) ^
      product(table, quarter + 1, x1) ^
      product(table, 2 * quarter + 1, x2) ^
      product(table, 3 * quarter + 1, x3);
    y2 =
      product(table, 2, x0) ^
      product(table, quarter + 2, x1) ^
      product(table, 2 * quarter + 2, x2) ^
      product(table, 3 * quarter + 2, x3);
    y3 =
      product(table, 3, x0) ^
      product(table, quarter + 3, x1) ^
      product(table, 2 * quarter + 3, x2) ^
      product(table, 3 * quarter + 3, x3);
  }
  state[0] = y0;
  state[1] = y1;
  state[2] = y2;
  state[3] = y3;
}

/** One word of what the four bytes of `x` contribute; `base`: the first byte's place in the table, plus that word. */
function product(table: Int32Array, base: number, x: number): number {
  return (
    (table[base + ((x >>> 24) << 2)] ?? 0) ^
    (table[base + place + (((x >>> 16) & 0xff) << 2)] ?? 0) ^
    (table[base + 2 * place + (((x >>> 8) & 0xff) << 2)] ?? 0) ^
    (table[base + 3 * place + ((x & 0xff) << 2)] ?? 0)
  );
}

function writeWord(bytes: Uint8Array, at: number, value: number): void {
  for (let byte = 0; byte < 4; byte += 1) bytes[at + byte] = value >>> (24 - 8 * byte);
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
}

/** For each place and byte the four words of (that byte at that place) times the hash key: 64 KiB. */
function productsOf(hashKey: Uint8Array): Int32Array {
  const table = new Int32Array(blockBytes * place);
  let power = [0, 4, 8, 12].map((at) => word(hashKey, at));
  for (let base = 0; base < table.length; base += place) {
    for (let bit = 0x80; bit > 0; bit >>= 1) {
      table.set(power, base + bit * wordsPerBlock);
      power = timesX(power);
    }
    for (let byte = 1; byte < 256; byte += 1) {
      // The sum of the product of its lowest bit and of the product of the others, which stands there already.
      const lowest = base + (byte & -byte) * wordsPerBlock;
      const others = base + (byte & (byte - 1)) * wordsPerBlock;
      if (others === base) continue;
      const sum = power.map((_word, index) => (table[lowest + index] ?? 0) ^ (table[others + index] ?? 0));
      table.set(sum, base + byte * wordsPerBlock);
    }
  }
  return table;
}

/** Times x: one place to the right, because GCM writes the lowest power first. */
function timesX([v0 = 0, v1 = 0, v2 = 0, v3 = 0]: readonly number[]): number[] {
  const carried = (v3 & 1) === 1 ? reduction : 0;
  return [(v0 >>> 1) ^ carried, (v1 >>> 1) | (v0 << 31), (v2 >>> 1) | (v1 << 31), (v3 >>> 1) | (v2 << 31)];
}
