import fc from 'fast-check';
import type { FilterBody } from '../../src/modules/filters/index.ts';

/** What filters see of a customer; undefined = no value. Written plainly, to hold the engine against. */
export interface ModelCustomer {
  readonly coreCustomerId: string;
  readonly values: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
}

type Truth = boolean | undefined;

/** Three-valued logic as the guide has it: undefined = unknown, and only true selects. */
export function judge(customer: ModelCustomer, filter: FilterBody, today: string): Truth {
  if (filter.not !== undefined) {
    const inner = judge(customer, filter.not, today);
    return inner === undefined ? undefined : !inner;
  }
  if (filter.allOf !== undefined) return all(filter.allOf.map((part) => judge(customer, part, today)));
  if (filter.anyOf !== undefined) {
    const parts = filter.anyOf.map((part) => judge(customer, part, today));
    return parts.includes(true) ? true : parts.includes(undefined) ? undefined : false;
  }
  return judgeLeaf(customer, filter, today);
}

export function all(parts: readonly Truth[]): Truth {
  return parts.includes(false) ? false : parts.includes(undefined) ? undefined : true;
}

function judgeLeaf(customer: ModelCustomer, filter: FilterBody, today: string): Truth {
  const name = filter.filterType?.name ?? '';
  const value = customer.values[name];
  const { operator = '', values = [] } = filter;
  if (Array.isArray(value)) return judgeProducts(value.map(String), operator, values.map(String));
  if (operator === 'isMissing') return value === undefined;
  if (operator === 'isPresent') return value !== undefined;
  if (value === undefined) return filter.includeMissingValues === true ? true : undefined;
  if (operator.startsWith('not') && operator !== 'notWithinLast') {
    const opposite = operator === 'notEquals' ? 'equals' : 'in';
    return !holds(value, opposite, values, today);
  }
  if (operator === 'notWithinLast') return !holds(value, 'withinLast', values, today);
  return holds(value, operator, values, today);
}

function judgeProducts(owned: readonly string[], operator: string, values: readonly string[]): boolean {
  const owns = values.some((value) => owned.includes(value));
  if (operator === 'isMissing') return owned.length === 0;
  if (operator === 'isPresent') return owned.length > 0;
  return operator === 'equals' || operator === 'in' ? owns : !owns;
}

type Value = string | number | boolean;

function holds(value: unknown, operator: string, values: readonly Value[], today: string): boolean {
  const [first, second] = values.map(comparable);
  const own = comparable(value);
  switch (operator) {
    case 'equals':
    case 'in':
      return values.some((candidate) => comparable(candidate) === own);
    case 'greaterThan':
      return own > (first ?? '');
    case 'greaterThanOrEqualTo':
      return own >= (first ?? '');
    case 'lessThan':
      return own < (first ?? '');
    case 'lessThanOrEqualTo':
      return own <= (first ?? '');
    case 'between':
      return own >= (first ?? '') && own <= (second ?? '');
    case 'contains':
      return String(own).includes(String(first));
    case 'startsWith':
      return String(own).startsWith(String(first));
    case 'withinLast': {
      const days = (Date.parse(today) - Date.parse(String(value))) / 86_400_000;
      return days >= 0 && days <= Number(values[0]);
    }
    default:
      throw new Error(`the model has no ${operator}`);
  }
}

function comparable(value: unknown): string | number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? value.toLowerCase() : String(value);
}

/** How values of a type are asked about. */
export interface ModelType {
  readonly name: string;
  readonly dataType: 'string' | 'integer' | 'date' | 'boolean' | 'enumeration' | 'decimal';
  /** Values that customers have and filters ask about. */
  readonly values: readonly (string | number | boolean)[];
}

const ordered = ['greaterThan', 'greaterThanOrEqualTo', 'lessThan', 'lessThanOrEqualTo'];

/** Random filters over the types; every operator comes up. */
export function filterArbitrary(types: readonly ModelType[]): fc.Arbitrary<FilterBody> {
  const { tree } = fc.letrec<{ tree: FilterBody }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, depthSize: 'medium', withCrossShrink: true },
      { arbitrary: fc.constantFrom(...types).chain(leafArbitrary), weight: 3 },
      { arbitrary: fc.record({ not: tie('tree') }), weight: 1 },
      { arbitrary: fc.record({ anyOf: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }), weight: 1 },
      { arbitrary: fc.record({ allOf: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }) }), weight: 1 },
    ),
  }));
  return tree;
}

function leafArbitrary(type: ModelType): fc.Arbitrary<FilterBody> {
  const value = fc.constantFrom(...type.values);
  const one = value.map((only) => [only]);
  const several = fc.array(value, { minLength: 1, maxLength: 4 });
  const questions: fc.Arbitrary<{ operator: string; values?: (string | number | boolean)[] }>[] = [
    fc.record({ operator: fc.constantFrom('equals', 'notEquals'), values: one }),
    fc.record({ operator: fc.constantFrom('isMissing', 'isPresent') }),
  ];
  if (type.dataType !== 'date' && type.dataType !== 'boolean') {
    questions.push(fc.record({ operator: fc.constantFrom('in', 'notIn'), values: several }));
  }
  if (['integer', 'decimal', 'date'].includes(type.dataType)) {
    questions.push(fc.record({ operator: fc.constantFrom(...ordered), values: one }));
    const pair = fc.tuple(value, value).map((both) => both.toSorted((a, b) => (a < b ? -1 : 1)));
    questions.push(fc.record({ operator: fc.constant('between'), values: pair }));
  }
  if (type.dataType === 'date') {
    const days = fc.constantFrom(0, 1, 30, 4_000, 20_000).map((count) => [count]);
    questions.push(fc.record({ operator: fc.constantFrom('withinLast', 'notWithinLast'), values: days }));
  }
  if (type.dataType === 'string') {
    const part = value.map((text) => [String(text).slice(0, 2)]);
    questions.push(fc.record({ operator: fc.constantFrom('contains', 'startsWith'), values: part }));
  }
  return fc
    .tuple(fc.oneof(...questions), fc.option(fc.boolean(), { nil: undefined }))
    .map(([question, includeMissingValues]) => ({
      filterType: { name: type.name },
      ...question,
      ...(includeMissingValues === undefined ? {} : { includeMissingValues }),
    }));
}
