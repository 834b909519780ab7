import type { Canonical, Canonicaliser, RefusalReason } from './canonical.ts';
import { cleanCell } from './clean-cell.ts';
import { foldDigits, isScientificNotation, withoutSeparators } from './text-rules.ts';

const digits = 9;
const zero = 0x30;
const nine = 0x39;
const hyphen = 0x2d;

/** 123-45-6789 (SSN, ITIN) and 12-3456789 (EIN): where the hyphens may stand in a plain cell. */
const socialSecurityLength = 11;
const employerLength = 10;

export function createTaxIdCanonicaliser(): Canonicaliser {
  return { canonicalise, canonicaliseBytes };
}

function canonicalise(cell: string): Canonical {
  const folded = foldDigits(cleanCell(cell));
  if (isScientificNotation(folded)) return { reason: 'scientificNotation' };
  // Bare digits only: with separators in it nobody lost a zero, the value is wrong.
  if (/^\d{7,8}$/.test(folded)) return leadingZerosLost(folded);
  const value = withoutSeparators(folded);
  if (!/^\d{9}$/.test(value)) return { reason: 'invalidFormat' };
  const reason = refusalOf(value);
  return reason === undefined ? { value } : { reason };
}

function leadingZerosLost(text: string): Canonical {
  const repaired = text.padStart(digits, '0');
  return refusalOf(repaired) === undefined ? { reason: 'leadingZerosLost', repaired } : { reason: 'leadingZerosLost' };
}

/**
 * Only what no number of the three kinds can be is impossible: 666..., 9... and ..0000 may be an EIN, 000... is
 * nothing. Placeholders are what forms are filled with when nobody knows.
 */
function refusalOf(value: string): RefusalReason | undefined {
  if (value.startsWith('000')) return 'impossibleValue';
  if (/^(\d)\1{8}$/.test(value) || value === '123456789' || value === '987654321') return 'placeholderValue';
  return undefined;
}

/** Nine bare digits, or digits with the hyphens of an SSN or EIN; whatever may be refused takes the slow path. */
function canonicaliseBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  const length = end - start;
  if (length !== digits && length !== socialSecurityLength && length !== employerLength) return -1;
  let written = 0;
  let equal = true;
  for (let index = start; index < end; index += 1) {
    const byte = source[index] ?? 0;
    if (byte === hyphen) {
      if (!isHyphenPlace(length, index - start)) return -1;
      continue;
    }
    if (byte < zero || byte > nine || written === digits) return -1;
    target[at + written] = byte;
    equal &&= byte === target[at];
    written += 1;
  }
  if (written !== digits || equal || isRamp(target, at)) return -1;
  return target[at] === zero && target[at + 1] === zero && target[at + 2] === zero ? -1 : digits;
}

function isHyphenPlace(length: number, place: number): boolean {
  return length === socialSecurityLength ? place === 3 || place === 6 : length === employerLength && place === 2;
}

/** 123456789 or 987654321. */
function isRamp(target: Uint8Array, at: number): boolean {
  const step = (target[at + 1] ?? 0) - (target[at] ?? 0);
  if (step !== 1 && step !== -1) return false;
  for (let index = 2; index < digits; index += 1) {
    if ((target[at + index] ?? 0) - (target[at + index - 1] ?? 0) !== step) return false;
  }
  return true;
}
