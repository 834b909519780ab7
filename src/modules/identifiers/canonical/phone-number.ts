import { type CountryCode, isSupportedCountry, parsePhoneNumberWithError } from 'libphonenumber-js/min';
import type { Canonical, Canonicaliser } from '../identifier-types.ts';
import { foldDigits, isScientificNotation } from './text-rules.ts';

/** Longer than any number with an extension; the parser's cost grows with the text. */
const charactersMax = 64;
const plus = 0x2b;
const zero = 0x30;
const nine = 0x39;
const nationalDigits = 10;

/**
 * E.164 by libphonenumber. A number without a country code belongs to the default country of the institution: putting
 * a `+` before it would make a Swiss number of an American one. Extensions are dropped.
 */
export function createPhoneCanonicaliser(defaultCountry: string | undefined): Canonicaliser {
  const country = knownCountry(defaultCountry);
  const slow: Canonicaliser = { canonicalise: (cell) => canonicalise(cell, country) };
  if (country !== 'US') return slow;
  const plain = plainAreaCodes();
  return {
    ...slow,
    canonicaliseBytes: (source, start, end, target, at) => usBytes(plain, source.subarray(start, end), target, at),
  };
}

function knownCountry(country: string | undefined): CountryCode | undefined {
  return country !== undefined && isSupportedCountry(country) ? country : undefined;
}

function canonicalise(cell: string, country: CountryCode | undefined): Canonical {
  const folded = foldDigits(cell);
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

/**
 * The American area codes in which every exchange is valid. The library reads 58,000 numbers a second, so it is asked
 * once for each area code and exchange instead of for each line; what it does not accept whole takes the slow path.
 */
let areaCodes: ReadonlySet<number> | undefined;

function plainAreaCodes(): ReadonlySet<number> {
  areaCodes ??= new Set(Array.from({ length: 800 }, (_none, index) => index + 200).filter(isPlainAreaCode));
  return areaCodes;
}

function isPlainAreaCode(areaCode: number): boolean {
  return ['2', '3', '4', '5', '6', '7', '8', '9'].every((exchange) => {
    const number = parsed(`${areaCode}${exchange}345678`, 'US');
    return number?.country === 'US' && number.isValid();
  });
}

/** `2025550123` and `+12025550123`. */
function usBytes(plain: ReadonlySet<number>, cell: Uint8Array, target: Uint8Array, at: number): number {
  const international = cell.length === nationalDigits + 2 && cell[0] === plus && cell[1] === zero + 1;
  if (cell.length !== nationalDigits && !international) return -1;
  const national = international ? cell.subarray(2) : cell;
  for (const byte of national) if (byte < zero || byte > nine) return -1;
  const areaCode = ((national[0] ?? 0) - zero) * 100 + ((national[1] ?? 0) - zero) * 10 + (national[2] ?? 0) - zero;
  if (!plain.has(areaCode) || (national[3] ?? 0) < zero + 2) return -1;
  target[at] = plus;
  target[at + 1] = zero + 1;
  target.set(national, at + 2);
  return nationalDigits + 2;
}
