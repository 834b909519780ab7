import { type CountryCode, isSupportedCountry, parsePhoneNumberWithError } from 'libphonenumber-js/min';
import type { Canonical, Canonicaliser } from '../../../lib/list-text/canonical.ts';
import { cleanCell } from '../../../lib/list-text/clean-cell.ts';
import { foldDigits, isScientificNotation } from '../../../lib/list-text/text-rules.ts';
import { createPlainPrefixes, type PlainPrefixes } from './phone-prefixes.ts';

/** Longer than any number with an extension; the parser's cost grows with the text. */
const charactersMax = 64;
const plus = 0x2b;
const zero = 0x30;
const nine = 0x39;
const nationalDigits = 10;

/**
 * E.164 by libphonenumber (metadata "min": what decides whether a number is valid, without the kinds of numbers, which
 * nothing here asks for). A number without a country code belongs to the default country of the institution: putting a
 * `+` before it would make a Swiss number of an American one. Extensions are dropped.
 */
export function createPhoneCanonicaliser(defaultCountry: string | undefined): Canonicaliser {
  const country = knownCountry(defaultCountry);
  const isNorthAmerican = country === 'US' || country === 'CA';
  return {
    canonicalise: (cell) => canonicalise(cell, country),
    canonicaliseBytes(source, start, end, target, at) {
      const length = end - start;
      if (length === nationalDigits) return isNorthAmerican ? copyNational(source, start, target, at) : -1;
      const isInternational = length === nationalDigits + 2 && source[start] === plus && source[start + 1] === zero + 1;
      return isInternational ? copyNational(source, start + 2, target, at) : -1;
    },
  };
}

function knownCountry(country: string | undefined): CountryCode | undefined {
  return country !== undefined && isSupportedCountry(country) ? country : undefined;
}

function canonicalise(cell: string, country: CountryCode | undefined): Canonical {
  const folded = foldDigits(cleanCell(cell));
  if (isScientificNotation(folded)) return { reason: 'scientificNotation' };
  // Letters stand for "ext." and the like; the library decides what they mean.
  if (folded.length > charactersMax || !/\d/.test(folded) || !/^[\d\s\p{Pd}\p{Zs}().,;:/#+*a-z]*$/iu.test(folded)) {
    return { reason: 'invalidFormat' };
  }
  const number = parsed(folded, country);
  if (number === undefined) return { reason: 'invalidFormat' };
  return number.isValid() ? { value: number.number } : { reason: 'impossibleValue' };
}

function parsed(text: string, country: CountryCode | undefined) {
  try {
    // `extract: false`: the cell must be a number, not a sentence with one in it.
    const options = country === undefined ? {} : { defaultCountry: country };
    return parsePhoneNumberWithError(text, { ...options, extract: false });
  } catch {
    return undefined;
  }
}

let plainPrefixes: PlainPrefixes | undefined;

/** The ten digits of a North American number, which become `+1` and themselves; -1 for whatever the library must see. */
function copyNational(source: Uint8Array, start: number, target: Uint8Array, at: number): number {
  for (let index = start; index < start + nationalDigits; index += 1) {
    const byte = source[index] ?? 0;
    if (byte < zero || byte > nine) return -1;
  }
  plainPrefixes ??= createPlainPrefixes((text) => parsed(text, undefined)?.isValid() === true);
  if (!plainPrefixes.has(threeDigits(source, start), threeDigits(source, start + 3))) return -1;
  target[at] = plus;
  target[at + 1] = zero + 1;
  target.set(source.subarray(start, start + nationalDigits), at + 2);
  return nationalDigits + 2;
}

function threeDigits(source: Uint8Array, start: number): number {
  const digit = (index: number) => (source[index] ?? zero) - zero;
  return digit(start) * 100 + digit(start + 1) * 10 + digit(start + 2);
}
