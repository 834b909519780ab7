import { foldText } from './engine/fold-text.ts';
import type { FilterType } from './filter-type.ts';

export type GivenValue = string | number | boolean;

/** A value in the number of its column, or as folded text; or what is wrong with it, never the value. */
export type ReadValue = { readonly value: number | string } | { readonly fault: string };

const dayMs = 86_400_000;
/** Hundredths, exact in a double: balances have at most 15 digits. */
const hundredthsMax = 999_999_999_999_999;

/** The day of a date, counted from 1970-01-01. */
export function dayOf(date: Date): number {
  return Math.floor(date.getTime() / dayMs);
}

/** Reads one value of a filter as its type wants it, within the type's constraints. */
export function readFilterValue(type: FilterType, given: GivenValue): ReadValue {
  switch (type.dataType) {
    case 'integer':
      return bounded(type, readInteger(given), Number);
    case 'decimal':
      return bounded(type, readHundredths(given), (bound) => Math.round(Number(bound) * 100));
    case 'date':
      return bounded(type, readDay(given), (bound) => dayOf(new Date(`${bound}T00:00:00Z`)));
    case 'boolean':
      return readBoolean(given);
    case 'enumeration':
      return readChoice(type, given);
    case 'string':
      return readText(given);
    case 'audience':
      return typeof given === 'string' ? { value: given } : { fault: 'must be the id of an audience.' };
  }
}

function readInteger(given: GivenValue): ReadValue {
  const value = typeof given === 'string' && /^-?\d{1,15}$/.test(given) ? Number(given) : given;
  return typeof value === 'number' && Number.isSafeInteger(value) ? { value } : { fault: 'must be a whole number.' };
}

function readHundredths(given: GivenValue): ReadValue {
  const fault = { fault: 'must be an amount with at most 13 digits before the point and two after it.' };
  if (typeof given === 'boolean') return fault;
  const parts = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/.exec(String(given));
  if (parts === null) return fault;
  const [, sign, whole = '', decimals = ''] = parts;
  const value = Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
  return value > hundredthsMax ? fault : { value: sign === '-' && value !== 0 ? -value : value };
}

function readDay(given: GivenValue): ReadValue {
  const fault = { fault: 'must be a date (YYYY-MM-DD).' };
  if (typeof given !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(given)) return fault;
  const date = new Date(`${given}T00:00:00Z`);
  // The 30th of February would be taken for the 1st of March.
  const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(given);
  return exists ? { value: dayOf(date) } : { fault: 'is no date of the calendar.' };
}

function readBoolean(given: GivenValue): ReadValue {
  if (given === true || given === 'true') return { value: 1 };
  return given === false || given === 'false' ? { value: 0 } : { fault: 'must be true or false.' };
}

function readChoice({ constraints, coding, codedChoices }: FilterType, given: GivenValue): ReadValue {
  const choices = constraints.choices ?? [];
  if (typeof given !== 'string' || !choices.includes(given)) {
    return { fault: 'must be one of the choices of the filter type.' };
  }
  return { value: coding === 'text' ? foldText(given) : (codedChoices ?? choices).indexOf(given) };
}

function readText(given: GivenValue): ReadValue {
  const text = foldText(String(given));
  return text === '' ? { fault: 'must not be empty; isMissing asks for customers without a value.' } : { value: text };
}

function bounded(
  { constraints }: FilterType,
  read: ReadValue,
  numberOf: (bound: number | string) => number,
): ReadValue {
  if ('fault' in read || typeof read.value !== 'number') return read;
  const { minimum, maximum } = constraints;
  if (minimum !== undefined && read.value < numberOf(minimum)) return { fault: `must not be below ${minimum}.` };
  if (maximum !== undefined && read.value > numberOf(maximum)) return { fault: `must not be above ${maximum}.` };
  return read;
}
