import type { Canonical, Canonicaliser } from '../identifier-types.ts';
import { characterCount, foldDigits, isCleanText, isScientificNotation, withoutSeparators } from './text-rules.ts';

const idCharactersMax = 64;

/** Our resource id: case-sensitive, the form of api.md section 1. */
export function createCustomerIdCanonicaliser(): Canonicaliser {
  return {
    canonicalise: (cell) => (/^[-_:.~$a-zA-Z0-9]{6,48}$/.test(cell) ? { value: cell } : { reason: 'invalidFormat' }),
  };
}

/** The customer number of the core system: text as it is. */
export function createCoreCustomerIdCanonicaliser(): Canonicaliser {
  return {
    canonicalise(cell) {
      if (isScientificNotation(cell)) return { reason: 'scientificNotation' };
      return isCleanText(cell) && characterCount(cell) <= idCharactersMax && cell !== ''
        ? { value: cell }
        : { reason: 'invalidFormat' };
    },
  };
}

/** Account numbers keep their leading zeros: they are names, not numbers. */
export function createAccountNumberCanonicaliser(): Canonicaliser {
  return { canonicalise: canonicaliseAccountNumber, canonicaliseBytes: accountNumberBytes };
}

function canonicaliseAccountNumber(cell: string): Canonical {
  const folded = foldDigits(cell);
  if (isScientificNotation(folded)) return { reason: 'scientificNotation' };
  // ASCII only before the upper case: it makes "SS" of a sharp s.
  const bare = withoutSeparators(folded);
  return /^[A-Za-z0-9.]{1,32}$/.test(bare) ? { value: bare.toUpperCase() } : { reason: 'invalidFormat' };
}

/** Plain digits and capital letters; anything else takes the slow path. */
function accountNumberBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  const length = end - start;
  if (length < 1 || length > 32) return -1;
  for (let index = 0; index < length; index += 1) {
    const byte = source[start + index] ?? 0;
    if (!((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a))) return -1;
    target[at + index] = byte;
  }
  return length;
}

/** User names: NFC and case folded, so that Müller finds müller however it was typed. */
export function createUsernameCanonicaliser(): Canonicaliser {
  return {
    canonicalise(cell) {
      if (!isCleanText(cell)) return { reason: 'invalidFormat' };
      // Folding may bring text out of NFC, hence twice.
      const value = cell.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
      return value !== '' && characterCount(value) <= idCharactersMax ? { value } : { reason: 'invalidFormat' };
    },
  };
}
