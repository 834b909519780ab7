import type { Schemas } from '../../api/client.ts';
import { formatCount } from '../../text/en.ts';

export type FilterType = Schemas['analyticFilterType'];
export type Operator = FilterType['operators'][number];
type DataType = FilterType['dataType'];

/** How an operator is said, and how the opposite of it. */
type Said = readonly [said: string, opposite: string];

const plain: Readonly<Record<Operator, Said>> = {
  equals: ['is', 'is not'],
  notEquals: ['is not', 'is'],
  in: ['is any of', 'is none of'],
  notIn: ['is none of', 'is any of'],
  greaterThan: ['is more than', 'is not more than'],
  greaterThanOrEqualTo: ['is at least', 'is not at least'],
  lessThan: ['is less than', 'is not less than'],
  lessThanOrEqualTo: ['is at most', 'is not at most'],
  between: ['is between', 'is not between'],
  contains: ['contains', 'does not contain'],
  startsWith: ['begins with', 'does not begin with'],
  withinLast: ['is within the last', 'is not within the last'],
  notWithinLast: ['is not within the last', 'is within the last'],
  isMissing: ['has no value', 'has a value'],
  isPresent: ['has a value', 'has no value'],
};

const ofDates: { readonly [Name in Operator]?: Said } = {
  greaterThan: ['is after', 'is not after'],
  greaterThanOrEqualTo: ['is on or after', 'is not on or after'],
  lessThan: ['is before', 'is not before'],
  lessThanOrEqualTo: ['is on or before', 'is not on or before'],
};

/** The values of types that come with Rollcall; an institution's own are shown as it wrote them. */
const choices: Readonly<Record<string, string>> = {
  savings: 'Savings',
  checking: 'Checking',
  cd: 'Certificate (CD)',
  ira: 'Retirement (IRA)',
  loan: 'Loan',
  creditCard: 'Credit card',
  retail: 'Person',
  business: 'Business',
};

export const text = {
  operator: (operator: Operator, dataType: DataType): string => saidOf(operator, dataType)[0],
  opposite: (operator: Operator, dataType: DataType): string => saidOf(operator, dataType)[1],
  choice: (value: string) => choices[value] ?? value,
  days: (count: number | string) => (Number(count) === 1 ? '1 day' : `${count} days`),
  yes: 'yes',
  no: 'no',
  and: 'and',
  or: 'or',
  not: 'not',
  orMissing: ' or has no value',
  andPresent: ', and has a value',
  more: (count: number) => `and ${formatCount(count)} more`,
  /** Where a value is still to be given. */
  gap: '…',
  certainAudiences: (count: number) => (count === 1 ? 'a certain one' : `${formatCount(count)} certain ones`),
  someAudience: 'an audience that you do not see',
  modes: {
    all: 'All of these:',
    any: 'One of these:',
    notAll: 'Not all of these together:',
    none: 'None of these:',
  },
} as const;

function saidOf(operator: Operator, dataType: DataType): Said {
  return (dataType === 'date' ? ofDates[operator] : undefined) ?? plain[operator];
}
