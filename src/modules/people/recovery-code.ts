import { createHash, randomInt } from 'node:crypto';

export const recoveryCodesMade = 10;
/** 24 characters of 32: 120 random bits, so that a plain SHA-256 of one cannot be searched (ASVS 5.0, 6.5.2: 112). */
const characters = 24;
/** Crockford's base32: no letters that look like digits, and none that makes words of it. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** `7KQ29D-4MX0TB-C5HWN3-RV8E1G`, to be shown once. */
export function createRecoveryCodes(): readonly string[] {
  return Array.from({ length: recoveryCodesMade }, () => {
    const text = Array.from({ length: characters }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
    return text.replace(/(.{6})(?=.)/g, '$1-');
  });
}

/** The code as it was made, from what somebody typed; undefined when it cannot be one. */
export function readRecoveryCode(typed: string): string | undefined {
  const plain = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return plain.length === characters && [...plain].every((character) => alphabet.includes(character))
    ? plain
    : undefined;
}

/** What is stored of a code as {@link readRecoveryCode} returns it. */
export function hashRecoveryCode(plain: string): Buffer {
  return createHash('sha256').update(`recovery code ${plain}`).digest();
}
