import { domainToASCII } from 'node:url';
import type { Canonical, Canonicaliser } from '../identifier-types.ts';
import { isCleanText } from './text-rules.ts';

/** RFC 5321 section 4.5.3.1: 64 octets before the @, 254 for the whole address. */
const localBytesMax = 64;
const addressBytesMax = 254;

export function createEmailCanonicaliser(): Canonicaliser {
  return { canonicalise, canonicaliseBytes };
}

/**
 * NFC, lower case, the domain in its ASCII form (IDNA). Lower case before the @ too: no provider of note tells
 * addresses apart by case, and a list typed by people does not either.
 */
function canonicalise(cell: string): Canonical {
  const invalid = { reason: 'invalidFormat' } as const;
  if (!isCleanText(cell) || /[\s\p{Zs}]/u.test(cell)) return invalid;
  const text = cell.normalize('NFC').toLowerCase().normalize('NFC');
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

/** Plain lower-case ASCII of the common form; capitals are folded on the way. */
function canonicaliseBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  const length = end - start;
  if (length > addressBytesMax) return -1;
  let signs = 0;
  for (let index = 0; index < length; index += 1) {
    const byte = source[start + index] ?? 0;
    if (byte === 0x40) signs += 1;
    else if (!isPlain(byte)) return -1;
    target[at + index] = byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
  }
  return signs === 1 && isCommonForm(target, at, length) ? length : -1;
}

function isPlain(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) || // a-z
    (byte >= 0x30 && byte <= 0x39) || // 0-9
    (byte >= 0x41 && byte <= 0x5a) || // A-Z
    byte === 0x2e || // .
    byte === 0x5f || // _
    byte === 0x2b // +
  );
}

/** local@label.label with letters or digits at every border, the last label of letters: nothing left to doubt. */
function isCommonForm(bytes: Uint8Array, at: number, length: number): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('latin1');
  return /^[a-z0-9_+]+(?:\.[a-z0-9_+]+)*@(?!xn)[a-z0-9]+(?:\.[a-z0-9]+)*\.[a-z]+$/.test(text) && withinLimits(text);
}

function withinLimits(text: string): boolean {
  const sign = text.indexOf('@');
  return (
    sign <= localBytesMax &&
    text
      .slice(sign + 1)
      .split('.')
      .every((label) => label.length <= 63 && !label.startsWith('xn'))
  );
}
