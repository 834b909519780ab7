import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto';
import { keyObjectOf } from '../lib/key-object.ts';

/** version (1) | key generation (2, big-endian) | nonce (12) | ciphertext | tag (16) */
const version = 1;
const headerBytes = 3;
const nonceBytes = 12;
const tagBytes = 16;
const overheadBytes = headerBytes + nonceBytes + tagBytes;
const algorithm = 'aes-256-gcm';

/** The layout, for those who open many at once. */
export const envelopeForm = { version, headerBytes, nonceBytes, tagBytes, overheadBytes } as const;

/** What was sealed cannot be opened: another key, another context, or changed bytes. It says no more on purpose. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';

  constructor(options: ErrorOptions = {}) {
    super('a sealed envelope cannot be opened', options);
  }
}

export interface SealOptions {
  /** 256 bits. */
  readonly key: Uint8Array;
  /** Of the key, 0..65535: the envelope says which key opens it. */
  readonly generation: number;
  readonly plaintext: Uint8Array;
  /** Where the envelope belongs: it opens nowhere else. */
  readonly associatedData: Uint8Array;
}

/** Seals bytes by AES-256-GCM (SP 800-38D) under a random 96-bit nonce. */
export function sealEnvelope(options: SealOptions): Buffer {
  const { plaintext } = options;
  const sealed = Buffer.allocUnsafe(overheadBytes + plaintext.length);
  sealed.writeUInt8(version, 0);
  sealed.writeUInt16BE(options.generation, 1);
  const nonce = sealed.subarray(headerBytes, headerBytes + nonceBytes);
  drawNonce(nonce);
  const cipher = createCipheriv(algorithm, keyObjectOf(options.key), nonce, { authTagLength: tagBytes });
  cipher.setAAD(context(sealed, options.associatedData));
  sealed.set(cipher.update(plaintext), headerBytes + nonceBytes);
  cipher.final();
  sealed.set(cipher.getAuthTag(), sealed.length - tagBytes);
  return sealed;
}

/**
 * @param options.keyOf the key of a generation; it throws for one that it does not know
 * @throws EnvelopeError, always the same one: who holds a changed envelope learns nothing from how it fails
 */
export function openEnvelope(options: {
  keyOf: (generation: number) => Uint8Array;
  sealed: Uint8Array;
  associatedData: Uint8Array;
}): Buffer {
  const sealed = Buffer.from(options.sealed.buffer, options.sealed.byteOffset, options.sealed.byteLength);
  if (sealed.length < overheadBytes || sealed.readUInt8(0) !== version) throw new EnvelopeError();
  const key = keyOfGeneration(options.keyOf, sealed.readUInt16BE(1));
  const nonce = sealed.subarray(headerBytes, headerBytes + nonceBytes);
  const decipher = createDecipheriv(algorithm, keyObjectOf(key), nonce, { authTagLength: tagBytes });
  decipher.setAAD(context(sealed, options.associatedData));
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
  const plaintext = decipher.update(sealed.subarray(headerBytes + nonceBytes, sealed.length - tagBytes));
  try {
    decipher.final();
  } catch {
    throw new EnvelopeError();
  }
  return plaintext;
}

/** The key generation that an envelope names; 0 for what is too short to be one. */
export function generationOf(sealed: Uint8Array): number {
  return ((sealed[1] ?? 0) << 8) | (sealed[2] ?? 0);
}

function keyOfGeneration(keyOf: (generation: number) => Uint8Array, generation: number): Uint8Array {
  try {
    return keyOf(generation);
  } catch (cause) {
    throw new EnvelopeError({ cause });
  }
}

/** The header is authenticated too: nobody can turn an envelope towards another key generation. */
function context(sealed: Buffer, associatedData: Uint8Array): Buffer {
  return Buffer.concat([sealed.subarray(0, headerBytes), associatedData]);
}

/** Random bytes are drawn for many nonces at once: a call to the system for each would double the cost of a seal. */
const pool = Buffer.alloc(nonceBytes * 1_024);
let poolAt = pool.length;

function drawNonce(nonce: Buffer): void {
  if (poolAt === pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  pool.copy(nonce, 0, poolAt, poolAt + nonceBytes);
  poolAt += nonceBytes;
}
