import { formatCompact } from '../../text/en.ts';
import type { Filter, FilterType, Leaf, Operator, Value } from './criteria.ts';

/** A range of values, both ends included; absent where it is open. */
export interface Band {
  readonly label: string;
  readonly from?: number | string;
  readonly to?: number | string;
}

/** Wide enough for a bank's largest customer; a bound is the lowest amount of its band. */
const amountBounds = [0, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000];
const countBounds = [0, 1, 2, 3, 4, 5, 6, 8, 10, 20, 50, 100];
const stepsMax = 26;
/** A customer of forty years is an old one; whoever joined before is one bar. */
const yearsBack = 40;

/** The bands in which a histogram shows a type; none for types without an order. */
export function bandsOf({ dataType, constraints }: FilterType, now: Date): readonly Band[] {
  const { minimum, maximum } = constraints;
  if (dataType === 'decimal') return within(boundedBands(amountBounds, 0.01), minimum, maximum);
  if (dataType === 'date') return within(yearBands(now.getUTCFullYear()), minimum, maximum);
  if (dataType !== 'integer') return [];
  const [low, high] = [Number(minimum), Number(maximum)];
  // Ages, scores, percentages: steps of one width. What may be anything: steps that grow.
  if (high - low <= 1_000) return evenBands(low, high);
  return within(boundedBands(countBounds, 1), minimum, maximum);
}

function evenBands(low: number, high: number): readonly Band[] {
  const width = [1, 2, 5, 10, 20, 50].find((step) => (high - low) / step <= stepsMax) ?? 50;
  const bands: Band[] = [];
  for (let from = Math.floor(low / width) * width; from <= high; from += width) {
    const band = { from: Math.max(from, low), to: Math.min(from + width - 1, high) };
    bands.push({ ...band, label: band.from === band.to ? String(band.from) : `${band.from}–${band.to}` });
  }
  return bands;
}

/** @param unit the smallest step between two values */
function boundedBands(bounds: readonly number[], unit: number): readonly Band[] {
  const [lowest = 0] = bounds;
  const bands = bounds.map((from, index): Band => {
    const next = bounds[index + 1];
    if (next === undefined) return { from, label: `${formatCompact(from)} and more` };
    const isOne = unit === 1 && next === from + 1;
    const label = isOne
      ? String(from)
      : `${formatCompact(from)} to ${unit === 1 ? next - 1 : `under ${formatCompact(next)}`}`;
    return { from, to: Number((next - unit).toFixed(2)), label };
  });
  return [{ to: lowest - unit, label: `under ${lowest}` }, ...bands];
}

function yearBands(year: number): readonly Band[] {
  const first = year - yearsBack + 1;
  const years = Array.from({ length: yearsBack }, (_, index) => first + index);
  return [
    { to: `${first - 1}-12-31`, label: `before ${first}` },
    ...years.map((each) => ({ from: `${each}-01-01`, to: `${each}-12-31`, label: String(each) })),
  ];
}

/** Without the bands that lie outside what the institution lets anybody ask. */
function within(bands: readonly Band[], minimum?: number | string, maximum?: number | string): readonly Band[] {
  return bands.filter(
    ({ from, to }) =>
      (minimum === undefined || (from !== undefined && !isBelow(from, minimum))) &&
      (maximum === undefined ||
        (from !== undefined && !isBelow(maximum, from) && (to === undefined || !isBelow(maximum, to)))),
  );
}

/** What asks for the customers of a band. */
export function bandFilter(type: FilterType, { from, to }: Band): Filter {
  const filterType = { id: type.id, name: type.name };
  if (from === undefined) return { filterType, operator: 'lessThanOrEqualTo', values: to === undefined ? [] : [to] };
  if (to === undefined) return { filterType, operator: 'greaterThanOrEqualTo', values: [from] };
  return { filterType, operator: 'between', values: [from, to] };
}

/** Whether a clause takes customers of the band: the bars that it chooses are drawn in colour. */
export function isChosen({ operator, values }: Pick<Leaf, 'operator' | 'values'>, { from, to }: Band): boolean {
  const range = rangeOf(operator, values);
  if (range === undefined) return false;
  const [low, high] = range;
  const isAbove = low !== undefined && to !== undefined && isBelow(to, low);
  const isUnder = high !== undefined && from !== undefined && isBelow(high, from);
  return !isAbove && !isUnder;
}

type Bound = Value | undefined;

function rangeOf(operator: Operator, [first, second]: readonly Value[]): readonly [Bound, Bound] | undefined {
  if (first === undefined || first === '') return undefined;
  switch (operator) {
    case 'equals':
      return [first, first];
    case 'between':
      return second === undefined || second === '' ? undefined : [first, second];
    case 'greaterThan':
    case 'greaterThanOrEqualTo':
      return [first, undefined];
    case 'lessThan':
    case 'lessThanOrEqualTo':
      return [undefined, first];
    default:
      return undefined;
  }
}

function isBelow(one: Value, other: Value): boolean {
  const [a, b] = [Number(one), Number(other)];
  return Number.isNaN(a) || Number.isNaN(b) ? String(one) < String(other) : a < b;
}

/** The bands without the empty ones at both ends: nobody is 125 years old. */
export function trimmed<Counted extends { readonly count: number }>(bands: readonly Counted[]): readonly Counted[] {
  const first = bands.findIndex(({ count }) => count > 0);
  return first < 0 ? [] : bands.slice(first, bands.findLastIndex(({ count }) => count > 0) + 1);
}
