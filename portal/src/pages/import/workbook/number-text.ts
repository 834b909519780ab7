import { format } from 'numfmt';
import type { NumberFormat } from './number-formats.ts';

/** So many digits of a number Excel keeps; what was typed beyond them is zeros. */
const exactBelow = 1e15;
/** Days between the two ways to count them. */
const daysTo1904 = 1_462;

export interface NumberText {
  readonly text: string;
  /** Zeros stand in front that the number itself does not have. */
  readonly isPadded: boolean;
  /** Excel has kept 15 digits of more. */
  readonly hasLostDigits: boolean;
}

/** @param raw as it stands in the file; what is no number stays as it is */
export function numberText(raw: string, numberFormat: NumberFormat, book: { isFrom1904: boolean }): NumberText {
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(value)) return { text: raw, isPadded: false, hasLostDigits: false };
  const hasLostDigits = Number.isInteger(value) && Math.abs(value) >= exactBelow;
  if (numberFormat.kind === 'moment') return { text: momentText(value, book), isPadded: false, hasLostDigits: false };
  const digits = allDigits(value);
  const isPaddable = numberFormat.kind === 'padded' && Number.isInteger(value) && value >= 0;
  const shown = isPaddable ? format(numberFormat.code, value) : digits;
  const isPadded = shown.replace(/\D/g, '').length > digits.length;
  return { text: shown, isPadded, hasLostDigits };
}

/** All digits, never an exponent. Of fractions the 15 that Excel itself goes by: 0.1 + 0.2 is 0.3 there. */
function allDigits(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  const rounded = Number(value.toPrecision(15));
  const text = String(rounded);
  return text.includes('e') ? rounded.toFixed(20).replace(/\.?0+$/, '') : text;
}

/** A day, a time, or both, as ISO 8601 writes them. */
function momentText(value: number, { isFrom1904 }: { isFrom1904: boolean }): string {
  const serial = isFrom1904 ? value + daysTo1904 : value;
  // Before and after the days that Excel knows it shows nothing.
  if (value < 0 || serial >= 2_958_466) return allDigits(value);
  if (Number.isInteger(value)) return format('yyyy-mm-dd', serial);
  return value < 1 ? format('hh:mm:ss', value) : format('yyyy-mm-dd"T"hh:mm:ss', serial);
}
