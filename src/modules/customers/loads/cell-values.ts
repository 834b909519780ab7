import type { RefusalReason } from '../../identifiers/index.ts';

/** Why a cell was not taken; the row stands without it. */
export type CellReason =
  | RefusalReason
  | 'tooLong'
  | 'tooManyValues'
  | 'outOfRange'
  | 'unknownChoice'
  | 'unknownCustomer';

export type Refused = { readonly refused: CellReason };

export const invalidFormat: Refused = { refused: 'invalidFormat' };
export const tooLong: Refused = { refused: 'tooLong' };
const impossibleValue: Refused = { refused: 'impossibleValue' };

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;
const birthYearMin = 1800;
const birthYearMax = 2999;
/** A log-in before this is how some systems write "never". */
const timestampMin = Date.UTC(1970, 0, 2);
const minuteMs = 60_000;

export function isRefused(value: unknown): value is Refused {
  return typeof value === 'object' && value !== null && 'refused' in value;
}

/** White space only is an empty cell: it clears. */
export function readText<Value>(cell: string, read: (text: string) => Value | Refused | null): Value | Refused | null {
  if (cell === '') return null;
  if (!cell.isWellFormed()) return invalidFormat;
  const text = cell.trim();
  return text === '' ? null : read(text);
}

export function readPlain(text: string, charactersMax: number): string | Refused {
  if (text.length > charactersMax) return tooLong;
  return controlCharacter.test(text) ? invalidFormat : text;
}

export function readBoolean(text: string): boolean | Refused {
  if (text === 'true') return true;
  return text === 'false' ? false : invalidFormat;
}

export function readBirthYear(text: string): number | Refused {
  if (!/^\d{4}$/.test(text)) return invalidFormat;
  const year = Number(text);
  return year < birthYearMin || year > birthYearMax ? impossibleValue : year;
}

/** `YYYY-MM-DD` */
export function readDate(text: string): string | Refused {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return invalidFormat;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  // Year 0 is none to PostgreSQL.
  const isPossible = year > 0 && month > 0 && month <= 12 && day > 0 && day <= daysOf(year, month);
  return isPossible ? text : impossibleValue;
}

function daysOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** RFC 3339 with an offset; what is finer than a millisecond is cut off. @returns milliseconds since 1970 */
export function readTimestamp(text: string): number | Refused {
  const parts = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/.exec(
    text,
  );
  if (parts === null) return invalidFormat;
  const [, date = '', hour = '', minute = '', second = '', fraction = '', sign = '+', aheadH = '0', aheadM = '0'] =
    parts;
  const isTime = Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60;
  if (isRefused(readDate(date)) || !isTime || Number(aheadH) > 14 || Number(aheadM) > 59) return impossibleValue;
  const ms = fraction.slice(0, 3).padEnd(3, '0');
  const offsetMs = (Number(aheadH) * 60 + Number(aheadM)) * minuteMs * (sign === '-' ? -1 : 1);
  const at = Date.parse(`${date}T${hour}:${minute}:${second}.${ms}Z`) - offsetMs;
  return at < timestampMin ? impossibleValue : at;
}

/** An amount with two decimals or none. @returns cents, exact: 15 digits are less than 2^53 */
export function readAmount(text: string): number | Refused {
  const parts = /^(-?)(\d{1,13})(?:\.(\d{2}))?$/.exec(text);
  if (parts === null) return invalidFormat;
  const cents = Number(parts[2]) * 100 + Number(parts[3] ?? '0');
  return parts[1] === '-' && cents !== 0 ? -cents : cents;
}
