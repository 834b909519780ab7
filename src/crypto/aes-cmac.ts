import { createCipheriv } from 'node:crypto';
import { type PackedValues, valueCount } from './packed-values.ts';

/** AES works on blocks of 16 bytes, and so does the MAC. */
export const macBytes = 16;

/** The last byte of 2 * x in GF(2^128) when x had its highest bit set (SP 800-38B, R128). */
const fieldConstant = 0x87;

/** What the last block of a message is masked with. */
interface Masks {
  /** K1, for a block that the message fills. */
  readonly full: Uint8Array;
  /** K2, for a padded block, once for each value of a cipher call. */
  readonly padded: Uint8Array;
}

/**
 * AES-CMAC of one message (NIST SP 800-38B, RFC 4493).
 *
 * @param key 16 or 32 bytes
 * @returns 16 bytes
 */
export function cmac(key: Uint8Array, message: Uint8Array): Buffer {
  const offsets = Uint32Array.of(0, message.length);
  return Buffer.from(cmacBatch(key, { bytes: message, offsets }).buffer, 0, macBytes);
}

/**
 * Values a cipher call: enough that the call costs nothing beside its blocks, few enough that a million values need no
 * buffers of their size and the work stays in the processor's cache.
 */
const valuesPerCall = 4_096;

/**
 * AES-CMAC of many values. The cipher is called once per block position over thousands of values, because a call costs
 * far more than a block: 1 M values of 9 bytes take about 0.1 s this way, against 2.2 s one by one.
 *
 * @param key 16 or 32 bytes
 * @returns 16 bytes a value, in the order of the values
 */
export function cmacBatch(key: Uint8Array, values: PackedValues): Uint8Array {
  const cipher = blockCipher(key);
  const count = valueCount(values);
  const state = new Uint8Array(count * macBytes);
  const input = new Uint8Array(Math.min(count, valuesPerCall) * macBytes);
  const masks = deriveMasks(cipher, input.length);
  for (let first = 0; first < count; first += valuesPerCall) {
    const size = Math.min(valuesPerCall, count - first);
    let open: Uint32Array = Uint32Array.from({ length: size }, (_none, index) => first + index);
    for (let block = 0; open.length > 0; block += 1) {
      const blocks = input.subarray(0, open.length * macBytes);
      const going = absorbBlock(values, { state, open, block, masks, input: blocks });
      scatter(cipher.update(blocks), open, state);
      open = going;
    }
  }
  return state;
}

interface Absorb {
  readonly state: Uint8Array;
  /** The values that have a block at this position. */
  readonly open: Uint32Array;
  readonly block: number;
  readonly masks: Masks;
  /** What the cipher is given, a block for each open value. */
  readonly input: Uint8Array;
}

/**
 * Lays `state xor block` of each open value side by side; the last block of a value is padded and masked.
 *
 * @returns the values that have more blocks
 */
function absorbBlock(values: PackedValues, { state, open, block, masks, input }: Absorb): Uint32Array {
  const { bytes, offsets } = values;
  const going = new Uint32Array(open.length);
  let goingCount = 0;
  // Most values end in their first block and before its end: the mask of those is laid out at once.
  input.set(masks.padded.subarray(0, input.length));
  for (let position = 0; position < open.length; position += 1) {
    const index = open[position] ?? 0;
    const start = (offsets[index] ?? 0) + block * macBytes;
    const left = (offsets[index + 1] ?? 0) - start;
    const target = position * macBytes;
    if (left > macBytes) {
      input.fill(0, target, target + macBytes);
      going[goingCount] = index;
      goingCount += 1;
    } else if (left === macBytes) {
      input.set(masks.full, target);
    } else {
      input[target + left] = (input[target + left] ?? 0) ^ 0x80;
    }
    const take = Math.min(left, macBytes);
    for (let byte = 0; byte < take; byte += 1) {
      input[target + byte] = (input[target + byte] ?? 0) ^ (bytes[start + byte] ?? 0);
    }
    if (block > 0) absorbState(input, target, state, index * macBytes);
  }
  return going.subarray(0, goingCount);
}

function absorbState(input: Uint8Array, target: number, state: Uint8Array, from: number): void {
  for (let byte = 0; byte < macBytes; byte += 1) {
    input[target + byte] = (input[target + byte] ?? 0) ^ (state[from + byte] ?? 0);
  }
}

function scatter(output: Uint8Array, open: Uint32Array, state: Uint8Array): void {
  const first = open[0] ?? 0;
  // Without gaps, as in the first block, the output goes over in one piece.
  if (open[open.length - 1] === first + open.length - 1) {
    state.set(output, first * macBytes);
    return;
  }
  for (let position = 0; position < open.length; position += 1) {
    const part = output.subarray(position * macBytes, (position + 1) * macBytes);
    state.set(part, (open[position] ?? 0) * macBytes);
  }
}

function blockCipher(key: Uint8Array) {
  if (key.length !== 16 && key.length !== 32) throw new RangeError('an AES-CMAC key has 16 or 32 bytes');
  const cipher = createCipheriv(key.length === 16 ? 'aes-128-ecb' : 'aes-256-ecb', key, null);
  cipher.setAutoPadding(false);
  return cipher;
}

function deriveMasks(cipher: ReturnType<typeof blockCipher>, paddedBytes: number): Masks {
  const full = doubled(cipher.update(new Uint8Array(macBytes)));
  return { full, padded: Buffer.alloc(paddedBytes, doubled(full)) };
}

function doubled(block: Uint8Array): Uint8Array {
  const result = new Uint8Array(macBytes);
  for (let byte = 0; byte < macBytes; byte += 1) {
    result[byte] = ((block[byte] ?? 0) << 1) | ((block[byte + 1] ?? 0) >> 7);
  }
  if ((block[0] ?? 0) >> 7 === 1) result[macBytes - 1] = (result[macBytes - 1] ?? 0) ^ fieldConstant;
  return result;
}
