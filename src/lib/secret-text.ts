import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * What a secret of ours begins with, so that secret scanners find a leaked one, and so that nobody takes one kind for
 * another: `rcs_` is a client secret, `rck_` an API key.
 */
export type SecretPrefix = 'rcs_' | 'rck_';

const secretBytes = 32;

/** A new secret: the prefix and 256 bits of the system's CSPRNG in base64url, 47 characters in all. */
export function createSecretText(prefix: SecretPrefix): string {
  return `${prefix}${randomBytes(secretBytes).toString('base64url')}`;
}

/**
 * What is stored of a secret: the SHA-256 of the whole text, its prefix included. No slow hash, because 256 random bits
 * cannot be guessed from their digest.
 */
export function hashSecretText(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Whether the text is the one behind the hash; the time it takes tells nothing of either. */
export function isSecretOf(hash: Uint8Array, presented: string): boolean {
  const presentedHash = hashSecretText(presented);
  return hash.byteLength === presentedHash.byteLength && timingSafeEqual(hash, presentedHash);
}
