import { Problem } from './problem.ts';

/** What the bounds of each kind of range become. */
export interface RangeValues {
  integer: number;
  /** An instant, to the millisecond. */
  timestamp: Date;
  /** `YYYY-MM-DD`. */
  date: string;
  /** Cents, a safe integer. */
  amount: number;
}

export type RangeKind = keyof RangeValues;

/** An interval with at least one bound; an exact value is an interval whose two bounds are equal and inclusive. */
export interface Range<Value> {
  readonly lower?: Value;
  readonly lowerInclusive: boolean;
  readonly upper?: Value;
  readonly upperInclusive: boolean;
}

/** The longest range that can be valid: two timestamps with offsets, brackets and a comma, with room. */
export const rangeCharactersMax = 80;

const interval = /^([[(])([^,]*),([^,]*)([\])])$/;

const examples = {
  integer: '[25,100)',
  timestamp: '[2026-01-01T00:00:00.000Z,)',
  date: '[2026-01-01,2026-02-01)',
  amount: '[1000.00,2500.00]',
} as const satisfies Record<RangeKind, string>;

const parsers: { readonly [Kind in RangeKind]: (text: string) => RangeValues[Kind] | undefined } = {
  integer: parseInteger,
  timestamp: parseTimestamp,
  date: parseDate,
  amount: parseAmount,
};

/**
 * Reads a range filter (api.md section 1): `v`, `[a,b]`, `(a,b)`, `[a,b)`, `(a,b]`, open `[a,]`, `(,b]`.
 *
 * @param parameter the query parameter's name, for the problem
 * @throws Problem `badRequest`; it names the form that is expected, never the value
 */
export function parseRange<Kind extends RangeKind>(
  kind: Kind,
  text: string,
  parameter = 'The range',
): Range<RangeValues[Kind]> {
  const parse = parsers[kind];
  const refused = () => invalidRange(kind, parameter);
  if (text.length > rangeCharactersMax) throw refused();
  const parts = interval.exec(text);
  if (parts === null) {
    const value = parse(text);
    if (value === undefined) throw refused();
    return { lower: value, lowerInclusive: true, upper: value, upperInclusive: true };
  }
  const [, open, lowerText = '', upperText = '', close] = parts;
  const lower = lowerText === '' ? undefined : parse(lowerText);
  const upper = upperText === '' ? undefined : parse(upperText);
  if (lower === undefined && (lowerText !== '' || upper === undefined)) throw refused();
  if (upper === undefined && upperText !== '') throw refused();
  if (lower !== undefined && upper !== undefined && lower > upper) throw refused();
  return {
    ...(lower === undefined ? {} : { lower }),
    lowerInclusive: open === '[',
    ...(upper === undefined ? {} : { upper }),
    upperInclusive: close === ']',
  };
}

/**
 * Reads one instant, as a bound of a range is written.
 *
 * @param parameter the query parameter's name, for the problem
 * @throws Problem `badRequest`; it names the form that is expected, never the value
 */
export function parseInstant(text: string, parameter: string): Date {
  const instant = parseTimestamp(text);
  if (instant !== undefined) return instant;
  throw new Problem('badRequest', { detail: `${parameter} must be a timestamp such as 2026-01-31T09:30:00.000Z.` });
}

function parseInteger(text: string): number | undefined {
  // Number() alone would take 1e2, 0x10, 5.0 and the empty text.
  if (!/^-?\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}

function parseTimestamp(text: string): Date | undefined {
  const parts = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d{1,3})?(?:Z|[+-](\d{2}):(\d{2}))$/.exec(text);
  if (parts === null) return undefined;
  const [, date = '', hours, minutes, seconds, offsetHours = 0, offsetMinutes = 0] = parts;
  if (parseDate(date) === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) {
    return undefined;
  }
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return undefined;
  return new Date(text);
}

function parseDate(text: string): string | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const date = new Date(`${text}T00:00:00.000Z`);
  // 2026-02-30 would roll over into March. Year 0 is none to PostgreSQL.
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== text || text < '0001') return undefined;
  return text;
}

function parseAmount(text: string): number | undefined {
  // 13 digits of units: the cents stay below 2^53.
  const parts = /^(-?)(\d{1,13})(?:\.(\d{2}))?$/.exec(text);
  if (parts === null) return undefined;
  const [, sign, units, cents = '00'] = parts;
  const value = Number(`${units}${cents}`);
  return sign === '-' && value !== 0 ? -value : value;
}

function invalidRange(kind: RangeKind, parameter: string): Problem {
  return new Problem('badRequest', {
    detail: `${parameter} must be one ${kind} or a range such as ${examples[kind]}, with the lower bound first.`,
  });
}
