import { createCipheriv } from 'node:crypto';
import { type PackedValues, valueCount } from './packed-values.ts';

/** AES works on blocks of 16 bytes, and so does the MAC. */
export const macBytes = 16;

/** The last byte of 2 * x in GF(2^128) when x had its highest bit set (SP 800-38B, R128). */
const fieldConstant = 0x87;

interface Subkeys {
  readonly k1: Uint8Array;
  readonly k2: Uint8Array;
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
 * AES-CMAC of many values. The cipher is called once per block position over all values that are so long, because a
 * call costs far more than a block: 1 M values of 9 bytes take about 0.1 s this way, against 2.2 s one by one.
 *
 * @param key 16 or 32 bytes
 * @returns 16 bytes a value, in the order of the values
 */
export function cmacBatch(key: Uint8Array, values: PackedValues): Uint8Array {
  const cipher = blockCipher(key);
  const subkeys = deriveSubkeys(cipher);
  const count = valueCount(values);
  const state = new Uint8Array(count * macBytes);
  let open = Uint32Array.from({ length: count }, (_none, index) => index);
  for (let block = 0; open.length > 0; block += 1) {
    const { input, going } = absorbBlock(values, { state, open, block, subkeys });
    const output = cipher.update(input);
    scatter(output, open, state);
    open = going;
  }
  return state;
}

interface Absorb {
  readonly state: Uint8Array;
  /** The values that have a block at this position. */
  readonly open: Uint32Array;
  readonly block: number;
  readonly subkeys: Subkeys;
}

/** Lays `state xor block` of each open value side by side; the last block of a value is padded and masked. */
function absorbBlock(values: PackedValues, { state, open, block, subkeys }: Absorb) {
  const input = new Uint8Array(open.length * macBytes);
  const going = new Uint32Array(open.length);
  let goingCount = 0;
  for (let position = 0; position < open.length; position += 1) {
    const index = open[position] ?? 0;
    const start = (values.offsets[index] ?? 0) + block * macBytes;
    const left = (values.offsets[index + 1] ?? 0) - start;
    const target = position * macBytes;
    const from = index * macBytes;
    const take = Math.min(left, macBytes);
    for (let byte = 0; byte < take; byte += 1) {
      input[target + byte] = (state[from + byte] ?? 0) ^ (values.bytes[start + byte] ?? 0);
    }
    for (let byte = take; byte < macBytes; byte += 1) input[target + byte] = state[from + byte] ?? 0;
    if (left > macBytes) {
      going[goingCount] = index;
      goingCount += 1;
      continue;
    }
    if (left < macBytes) input[target + left] = (input[target + left] ?? 0) ^ 0x80;
    const mask = left === macBytes ? subkeys.k1 : subkeys.k2;
    for (let byte = 0; byte < macBytes; byte += 1) {
      input[target + byte] = (input[target + byte] ?? 0) ^ (mask[byte] ?? 0);
    }
  }
  return { input, going: going.slice(0, goingCount) };
}

function scatter(output: Uint8Array, open: Uint32Array, state: Uint8Array): void {
  if (output.length === state.length) {
    state.set(output);
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

function deriveSubkeys(cipher: ReturnType<typeof blockCipher>): Subkeys {
  const k1 = doubled(cipher.update(new Uint8Array(macBytes)));
  return { k1, k2: doubled(k1) };
}

function doubled(block: Uint8Array): Uint8Array {
  const result = new Uint8Array(macBytes);
  for (let byte = 0; byte < macBytes; byte += 1) {
    result[byte] = ((block[byte] ?? 0) << 1) | ((block[byte + 1] ?? 0) >> 7);
  }
  if ((block[0] ?? 0) >> 7 === 1) result[macBytes - 1] = (result[macBytes - 1] ?? 0) ^ fieldConstant;
  return result;
}
