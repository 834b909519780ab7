import type { Canonical, Canonicaliser } from '../../../lib/list-text/canonical.ts';
import { cleanCell } from '../../../lib/list-text/clean-cell.ts';
import {
  characterCount,
  foldCase,
  isCleanText,
  isScientificNotation,
  withoutSeparators,
} from '../../../lib/list-text/text-rules.ts';

const idCharactersMax = 64;
const accountCharactersMax = 32;
const space = 0x20;
const plus = 0x2b;
const hyphen = 0x2d;
const dot = 0x2e;
/** What a wrapped cell begins with: `"`, `'`, `=`. */
const wrapping: ReadonlySet<number> = new Set([0x22, 0x27, 0x3d]);

/** Our resource id: case-sensitive, the form of api.md section 1. */
export function createCustomerIdCanonicaliser(): Canonicaliser {
  return {
    canonicalise(cell) {
      const value = cleanCell(cell);
      return /^[-_:.~$a-zA-Z0-9]{6,48}$/.test(value) ? { value } : { reason: 'invalidFormat' };
    },
  };
}

/** The customer number of the core system: text as it is. */
export function createCoreCustomerIdCanonicaliser(): Canonicaliser {
  return {
    canonicalise(cell) {
      const value = cleanCell(cell);
      if (isScientificNotation(value)) return { reason: 'scientificNotation' };
      return isCleanText(value) && isIdLength(value) ? { value } : { reason: 'invalidFormat' };
    },
    canonicaliseBytes: (source, start, end, target, at) => copyPlainText(source.subarray(start, end), target, at),
  };
}

/** User names: NFC and case folded, so that Müller finds müller however it was typed. */
export function createUsernameCanonicaliser(): Canonicaliser {
  return {
    canonicalise(cell) {
      const text = cleanCell(cell);
      if (!isCleanText(text)) return { reason: 'invalidFormat' };
      const value = foldCase(text);
      return isIdLength(value) ? { value } : { reason: 'invalidFormat' };
    },
    canonicaliseBytes(source, start, end, target, at) {
      const length = copyPlainText(source.subarray(start, end), target, at);
      for (let index = at; index < at + length; index += 1) target[index] = lowerCase(target[index] ?? 0);
      return length;
    },
  };
}

function isIdLength(text: string): boolean {
  return text !== '' && characterCount(text) <= idCharactersMax;
}

/** Printable ASCII that is not wrapped in anything; a plus sign may be scientific notation. */
function copyPlainText(cell: Uint8Array, target: Uint8Array, at: number): number {
  if (cell.length < 1 || cell.length > idCharactersMax || wrapping.has(cell[0] ?? 0)) return -1;
  if (cell[0] === space || cell[cell.length - 1] === space) return -1;
  for (const byte of cell) if (byte < space || byte > 0x7e || byte === plus) return -1;
  target.set(cell, at);
  return cell.length;
}

/** Account numbers keep their leading zeros: they are names, not numbers. */
export function createAccountNumberCanonicaliser(): Canonicaliser {
  return { canonicalise: canonicaliseAccountNumber, canonicaliseBytes: accountNumberBytes };
}

function canonicaliseAccountNumber(cell: string): Canonical {
  const text = cleanCell(cell);
  if (isScientificNotation(text)) return { reason: 'scientificNotation' };
  // ASCII only before the upper case: it makes "SS" of a sharp s.
  const bare = withoutSeparators(text);
  return /^[A-Za-z0-9.]{1,32}$/.test(bare) ? { value: bare.toUpperCase() } : { reason: 'invalidFormat' };
}

/** Letters, digits and dots with spaces and hyphens between; anything else takes the slow path. */
function accountNumberBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  let length = 0;
  for (let index = start; index < end; index += 1) {
    const byte = source[index] ?? 0;
    if (byte === space || byte === hyphen) continue;
    if (!isAccountByte(byte) || length === accountCharactersMax) return -1;
    target[at + length] = upperCase(byte);
    length += 1;
  }
  return length === 0 ? -1 : length;
}

function isAccountByte(byte: number): boolean {
  const upper = upperCase(byte);
  return (upper >= 0x30 && upper <= 0x39) || (upper >= 0x41 && upper <= 0x5a) || upper === dot;
}

function upperCase(byte: number): number {
  return byte >= 0x61 && byte <= 0x7a ? byte - 0x20 : byte;
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
