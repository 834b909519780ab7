import type { Leaf, Test } from './engine/clause.ts';
import type { ColumnName } from './engine/column-names.ts';
import type { FilterFaults } from './filter-faults.ts';
import { type FilterBody, filterValuesMax } from './filter-schemas.ts';
import { type FilterOperator, type FilterType, operatorsOf } from './filter-type.ts';
import { type GivenValue, readFilterValue } from './filter-value.ts';

/** One operand short of ten digits: 273 years. */
const daysBackMax = 99_999;

/** What a filter is read with. */
export interface FilterReading {
  readonly faults: FilterFaults;
  /** The day that "last 30 days" and ages count from: days since 1970-01-01 (UTC). */
  readonly today: number;
}

/** Operators that say the contrary of another. */
const negations: Partial<Record<FilterOperator, FilterOperator>> = {
  notEquals: 'equals',
  notIn: 'in',
  notWithinLast: 'withinLast',
  isPresent: 'isMissing',
};

/**
 * Makes a leaf of a filter whose type is known.
 *
 * @param pointer where the filter stands in the body
 * @returns undefined when it has a fault, which is then among the faults
 */
export function readLeaf(reading: FilterReading, type: FilterType, filter: FilterBody, pointer: string) {
  const allowed = operatorsOf[type.dataType];
  if (filter.operator === undefined) return reading.faults.add(pointer, 'operator is missing.', allowed);
  const operator = allowed.find((known) => known === filter.operator);
  if (operator === undefined) {
    return reading.faults.add(`${pointer}/operator`, `${type.name} does not have this operator.`, allowed);
  }
  const values = filter.values ?? [];
  const fault = countFault(operator, values.length);
  if (fault !== undefined) return reading.faults.add(`${pointer}/values`, fault);
  const plain = negations[operator] ?? operator;
  const test = testOf(reading, { type, operator: plain, values, pointer });
  if (test === undefined) return undefined;
  const leaf: Leaf = {
    kind: 'leaf',
    test,
    isNegated: plain !== operator,
    ofMissing: filter.includeMissingValues === true ? 'true' : 'unknown',
  };
  return leaf;
}

function countFault(operator: FilterOperator, count: number): string | undefined {
  if (operator === 'isMissing' || operator === 'isPresent') return count === 0 ? undefined : 'must be empty.';
  if (operator === 'between') return count === 2 ? undefined : 'must have two values, the smaller first.';
  if (operator !== 'in' && operator !== 'notIn') return count === 1 ? undefined : 'must have one value.';
  return count >= 1 && count <= filterValuesMax ? undefined : `must have 1 to ${filterValuesMax} values.`;
}

interface Question {
  readonly type: FilterType;
  readonly operator: FilterOperator;
  readonly values: readonly GivenValue[];
  readonly pointer: string;
}

function testOf(reading: FilterReading, question: Question): Test | undefined {
  const { type, operator } = question;
  const { column } = type;
  if (column === undefined) return membersTest(reading, question);
  if (operator === 'isMissing') {
    // Who owns nothing has an empty set, which is a value.
    return type.coding === 'flags' ? { kind: 'numbers', column, values: [0] } : { kind: 'missing', column };
  }
  if (operator === 'withinLast') return withinLastTest(reading, question, column);
  const values = readValues(reading, question);
  if (values === undefined) return undefined;
  const texts = values.filter((value) => typeof value === 'string');
  if (texts.length > 0) {
    const match = operator === 'contains' || operator === 'startsWith' ? operator : 'equals';
    return { kind: 'text', column, match, texts: unique(texts) };
  }
  return numbersTest(reading, question, { column, values: values.filter((value) => typeof value === 'number') });
}

function readValues({ faults }: FilterReading, { type, values, pointer }: Question) {
  const read = values.map((given) => readFilterValue(type, given));
  for (const [index, value] of read.entries()) {
    if ('fault' in value) faults.add(`${pointer}/values/${index}`, value.fault, type.constraints.choices);
  }
  const good = read.flatMap((value) => ('fault' in value ? [] : [value.value]));
  return good.length === read.length ? good : undefined;
}

function numbersTest(
  { faults, today }: FilterReading,
  { type, operator, pointer }: Question,
  { column, values }: { column: ColumnName; values: readonly number[] },
): Test | undefined {
  if (type.coding === 'flags')
    return { kind: 'flags', column, mask: values.reduce((mask, bit) => mask | (1 << bit), 0) };
  if (operator === 'equals' || operator === 'in') {
    const coded = type.coding === 'age' ? values.map((age) => yearOf(today) - age) : values;
    return { kind: 'numbers', column, values: unique(coded) };
  }
  const [first = 0, second = first] = values;
  if (operator === 'between' && first > second) {
    return faults.add(`${pointer}/values`, 'the first value must not be above the second.');
  }
  const range = rangeOf(operator, first, second);
  if (type.coding !== 'age') return { kind: 'range', column, ...range };
  // The older, the earlier born.
  const bornIn = (age: number | undefined) => (age === undefined ? undefined : yearOf(today) - age);
  return { kind: 'range', column, lower: bornIn(range.upper), upper: bornIn(range.lower) };
}

/** Whole numbers, so a bound that is excluded is the next one included. */
function rangeOf(operator: FilterOperator, first: number, second: number): { lower?: number; upper?: number } {
  switch (operator) {
    case 'greaterThan':
      return { lower: first + 1 };
    case 'greaterThanOrEqualTo':
      return { lower: first };
    case 'lessThan':
      return { upper: first - 1 };
    case 'lessThanOrEqualTo':
      return { upper: first };
    default:
      return { lower: first, upper: second };
  }
}

/** The last n days: today and the n before it; what lies ahead is not among them. */
function withinLastTest({ faults, today }: FilterReading, { values, pointer }: Question, column: ColumnName) {
  const days = Number(values[0]);
  const isCount = typeof values[0] !== 'boolean' && Number.isInteger(days) && days >= 0 && days <= daysBackMax;
  if (!isCount) return faults.add(`${pointer}/values/0`, `must be a number of days from 0 to ${daysBackMax}.`);
  return { kind: 'range', column, lower: today - days, upper: today } as const;
}

function membersTest(reading: FilterReading, question: Question): Test | undefined {
  const values = readValues(reading, question);
  return values && { kind: 'members', audienceIds: unique(values.map(String)) };
}

/** Sorted, so that equal questions have equal keys. */
function unique<Value extends string | number>(values: readonly Value[]): Value[] {
  return [...new Set(values)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function yearOf(day: number): number {
  return new Date(day * 86_400_000).getUTCFullYear();
}
