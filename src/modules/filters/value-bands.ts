import { bandIndex } from './engine/tally.ts';
import { dayOf } from './filter-value.ts';

/** Neighbouring ranges over all numbers of a column. */
export interface Bands {
  /** Ascending; a bound is the lowest number of its band. */
  readonly bounds: readonly number[];
  /** One more than bounds, from the lowest numbers to the highest. */
  readonly labels: readonly string[];
}

const dayMs = 86_400_000;

/**
 * Years of age, as surveys of banks and the US Census Bureau have them, over years of birth: the oldest first.
 *
 * @param today days since 1970-01-01 (UTC)
 */
export function ageBands(today: number): Bands {
  const year = new Date(today * dayMs).getUTCFullYear();
  return {
    // Born in this year or later: one year younger than the band before.
    bounds: [75, 65, 55, 45, 35, 25, 18].map((age) => year - age + 1),
    labels: ['75+', '65-74', '55-64', '45-54', '35-44', '25-34', '18-24', 'under 18'],
  };
}

/** Whole years since a day: the longest first. */
export function tenureBands(today: number): Bands {
  return {
    bounds: [20, 10, 5, 3, 1].map((years) => dayYearsBefore(today, years) + 1),
    labels: ['20+', '10-19', '5-9', '3-4', '1-2', 'under 1'],
  };
}

/** Amounts in hundredths; the labels are whole amounts, so 999.99 is in "0-999". 250,000 is what the FDIC insures. */
export const amountBands: Bands = {
  bounds: [0, 1_000, 10_000, 50_000, 100_000, 250_000, 1_000_000].map((amount) => amount * 100),
  labels: [
    'under 0',
    '0-999',
    '1,000-9,999',
    '10,000-49,999',
    '50,000-99,999',
    '100,000-249,999',
    '250,000-999,999',
    '1,000,000+',
  ],
};

/** Whole numbers of whatever. */
export const integerBands: Bands = {
  bounds: [0, 1, 5, 10, 50, 100, 500, 1_000, 10_000],
  labels: ['under 0', '0', '1-4', '5-9', '10-49', '50-99', '100-499', '500-999', '1,000-9,999', '10,000+'],
};

export function bandOf({ bounds, labels }: Bands, value: number): string {
  return labels[bandIndex(bounds, value)] ?? '';
}

/** The same day so many years ago; of the 29th of February in other years the 28th, as in SQL. */
function dayYearsBefore(today: number, years: number): number {
  const date = new Date(today * dayMs);
  const month = date.getUTCMonth();
  date.setUTCFullYear(date.getUTCFullYear() - years);
  if (date.getUTCMonth() !== month) date.setUTCDate(0);
  return dayOf(date);
}
