import { domainToASCII } from 'node:url';
import type { Canonical, Canonicaliser } from '../../../lib/list-text/canonical.ts';
import { cleanCell } from '../../../lib/list-text/clean-cell.ts';
import { isCleanText } from '../../../lib/list-text/text-rules.ts';

/** RFC 5321 section 4.5.3.1: 64 octets before the @, 254 for the whole address. */
const localBytesMax = 64;
/** RFC 1035 section 2.3.4. */
const labelBytesMax = 63;
const addressBytesMax = 254;
/** Of a cell: normalising may shorten it, but not from more. What follows costs time for each character. */
const charactersMax = 4 * addressBytesMax;

const atSign = 0x40;
const dot = 0x2e;
const hyphen = 0x2d;
const underscore = 0x5f;
const plus = 0x2b;
const letterA = 0x61;
const letterZ = 0x7a;

export function createEmailCanonicaliser(): Canonicaliser {
  return { canonicalise, canonicaliseBytes };
}

/**
 * NFC, lower case, the domain in its ASCII form (IDNA). Lower case before the @ too: no provider of note tells
 * addresses apart by case, and a list typed by people does not either.
 */
function canonicalise(cell: string): Canonical {
  const invalid = { reason: 'invalidFormat' } as const;
  const clean = cleanCell(cell);
  if (clean.length > charactersMax || !isCleanText(clean) || /[\s\p{Zs}]/u.test(clean)) return invalid;
  const text = clean.normalize('NFC').toLowerCase().normalize('NFC');
  const at = text.lastIndexOf('@');
  const local = text.slice(0, at);
  if (at < 1 || !isLocalPart(local)) return invalid;
  const domain = asciiDomain(text.slice(at + 1));
  if (domain === undefined) return invalid;
  const value = `${local}@${domain}`;
  return Buffer.byteLength(value) <= addressBytesMax ? { value } : invalid;
}

/** A dot-atom (RFC 5322 section 3.2.3), with the letters of other scripts (RFC 6531). */
function isLocalPart(local: string): boolean {
  return (
    Buffer.byteLength(local) <= localBytesMax && /^[^\s"(),:;<>@[\\\].]+(?:\.[^\s"(),:;<>@[\\\].]+)*$/u.test(local)
  );
}

function asciiDomain(domain: string): string | undefined {
  // Without this the address parser behind domainToASCII would read numbers, ports and escapes into it.
  if (!/^[\p{L}\p{M}\p{N}.-]+$/u.test(domain)) return undefined;
  const ascii = domainToASCII(domain);
  return isDomain(ascii) ? ascii : undefined;
}

function isDomain(ascii: string): boolean {
  const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
  const labels = ascii.split('.');
  const last = labels.at(-1) ?? '';
  return ascii.length <= 253 && labels.length >= 2 && labels.every((part) => label.test(part)) && !/^\d+$/.test(last);
}

/** Addresses of the common form, `first.last+tag@some-bank.example`; capitals are folded on the way. */
function canonicaliseBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  const length = end - start;
  if (length > addressBytesMax) return -1;
  const cell = source.subarray(start, end);
  const sign = cell.indexOf(atSign);
  if (sign < 1 || sign > localBytesMax) return -1;
  target[at + sign] = atSign;
  const isCommon = copyLocalPart(cell.subarray(0, sign), target, at) && copyDomain(cell, sign + 1, target, at);
  return isCommon ? length : -1;
}

/** Letters, digits, `_`, `+` and `-`, with single dots between. */
function copyLocalPart(local: Uint8Array, target: Uint8Array, at: number): boolean {
  let previous = dot;
  for (let index = 0; index < local.length; index += 1) {
    const byte = lowerCase(local[index] ?? 0);
    const isSign = byte === hyphen || byte === underscore || byte === plus;
    if (!isSign && !isLetterOrDigit(byte) && (byte !== dot || previous === dot)) return false;
    target[at + index] = byte;
    previous = byte;
  }
  return previous !== dot;
}

/** Two labels or more of letters and digits with single hyphens between, the last one of letters alone. */
function copyDomain(cell: Uint8Array, start: number, target: Uint8Array, at: number): boolean {
  let labelStart = start;
  let digitsOrHyphensEnd = start;
  for (let index = start; index < cell.length; index += 1) {
    const byte = lowerCase(cell[index] ?? 0);
    if (byte === dot || byte === hyphen) {
      // After another of the two or at the beginning it takes the slow path, so `xn--` and empty labels do too.
      if (index === start || !isLetterOrDigit(target[at + index - 1] ?? 0)) return false;
    } else if (!isLetterOrDigit(byte)) {
      return false;
    }
    if (byte === dot) labelStart = index + 1;
    else if (byte < letterA) digitsOrHyphensEnd = index + 1;
    if (index - labelStart >= labelBytesMax) return false;
    target[at + index] = byte;
  }
  return labelStart > start && labelStart < cell.length && digitsOrHyphensEnd <= labelStart;
}

function isLetterOrDigit(byte: number): boolean {
  return (byte >= letterA && byte <= letterZ) || (byte >= 0x30 && byte <= 0x39);
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
