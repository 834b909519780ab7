import type { ColumnName } from './engine/column-names.ts';
import type { FairLending } from './fair-lending.ts';

export const filterCategories = ['customer', 'account', 'activity', 'audience'] as const;
export const filterDataTypes = ['string', 'integer', 'decimal', 'date', 'boolean', 'enumeration', 'audience'] as const;

export type FilterCategory = (typeof filterCategories)[number];
export type FilterDataType = (typeof filterDataTypes)[number];

export const filterOperators = [
  'equals',
  'notEquals',
  'in',
  'notIn',
  'greaterThan',
  'greaterThanOrEqualTo',
  'lessThan',
  'lessThanOrEqualTo',
  'between',
  'contains',
  'startsWith',
  'withinLast',
  'notWithinLast',
  'isMissing',
  'isPresent',
] as const;

export type FilterOperator = (typeof filterOperators)[number];

const ordered = ['greaterThan', 'greaterThanOrEqualTo', 'lessThan', 'lessThanOrEqualTo', 'between'] as const;
const presence = ['isMissing', 'isPresent'] as const;

/** What may be asked of values of each type. */
export const operatorsOf: Readonly<Record<FilterDataType, readonly FilterOperator[]>> = {
  string: ['equals', 'notEquals', 'in', 'notIn', 'contains', 'startsWith', ...presence],
  integer: ['equals', 'notEquals', 'in', 'notIn', ...ordered, ...presence],
  decimal: ['equals', 'notEquals', 'in', 'notIn', ...ordered, ...presence],
  date: ['equals', 'notEquals', ...ordered, 'withinLast', 'notWithinLast', ...presence],
  boolean: ['equals', 'notEquals', ...presence],
  enumeration: ['equals', 'notEquals', 'in', 'notIn', ...presence],
  audience: ['in', 'notIn'],
};

export interface FilterConstraints {
  /** Of integers and decimals a number, of dates `YYYY-MM-DD`. */
  readonly minimum?: number | string;
  readonly maximum?: number | string;
  readonly choices?: readonly string[];
  /** Of strings: what the values look like, for people and forms; it is not held against a filter. */
  readonly pattern?: string;
}

/** Something that a filter can ask about a customer. */
export interface FilterType {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly category: FilterCategory;
  readonly dataType: FilterDataType;
  readonly constraints: FilterConstraints;
  /** Of a restricted type: why. Audiences for credit that ask about it need an approval. */
  readonly fairLending?: FairLending;
  /** Where its values are; an audience's are its members. */
  readonly column: ColumnName | undefined;
  /**
   * How a value stands in the column. `plain`: a number is itself, a choice its place among the choices, a boolean 0 or
   * 1, a date its day, an amount its hundredths. `age`: the year of birth. `flags`: a bit a choice. `text`: as text.
   */
  readonly coding: 'plain' | 'age' | 'flags' | 'text';
  /** All choices in the order of their codes, where an institution offers fewer of them in `constraints`. */
  readonly codedChoices?: readonly string[];
}
