import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clause, FilterType, Group, Leaf } from './criteria.ts';
import { nameClause, sayClause } from './words.ts';

const type = (name: string, label: string, dataType: FilterType['dataType']): FilterType => ({
  id: name,
  name,
  label,
  description: '',
  category: 'customer',
  dataType,
  operators: [],
  constraints: {},
  customerCount: 0,
});

const types = [
  type('customerAge', 'Age', 'integer'),
  type('regionCode', 'Region', 'string'),
  type('totalDeposits', 'Deposits', 'decimal'),
  type('productType', 'Product', 'enumeration'),
  type('consentEmail', 'Consent: E-mail', 'boolean'),
  type('customerSince', 'Customer since', 'date'),
  type('customerAudience', 'Audience', 'audience'),
];

const leaf = (name: string, operator: Leaf['operator'], ...values: Leaf['values']): Leaf => ({
  kind: 'leaf',
  id: name,
  isNegated: false,
  type: { name },
  operator,
  values,
  includesMissing: false,
});
const group = (match: Group['match'], ...parts: Clause[]): Group => ({
  kind: 'group',
  id: 'g',
  isNegated: false,
  match,
  parts,
});
const not = <Kind extends Clause>(clause: Kind): Kind => ({ ...clause, isNegated: true });

const said: readonly [Clause, string][] = [
  [leaf('customerAge', 'between', 35, 49), 'Age is between 35 and 49'],
  [leaf('regionCode', 'in', 'NC', 'SC'), 'Region is any of NC, SC'],
  [leaf('regionCode', 'in', 'A', 'B', 'C', 'D', 'E', 'F'), 'Region is any of A, B, C, D and 2 more'],
  [leaf('totalDeposits', 'greaterThanOrEqualTo', '100000.00'), 'Deposits is at least 100,000'],
  [leaf('productType', 'equals', 'creditCard'), 'Product is Credit card'],
  [leaf('consentEmail', 'equals', false), 'Consent: E-mail is no'],
  [leaf('customerSince', 'withinLast', 90), 'Customer since is within the last 90 days'],
  [leaf('customerSince', 'lessThan', '2020-03-01'), 'Customer since is before Mar 1, 2020'],
  [leaf('customerAge', 'isMissing'), 'Age has no value'],
  [leaf('customerAge', 'equals'), 'Age is …'],
  [not(leaf('customerAge', 'between', 35, 49)), 'Age is not between 35 and 49'],
  [not(leaf('regionCode', 'notIn', 'NC')), 'not (Region is not NC)'],
  [not(leaf('regionCode', 'contains', 'N')), 'not (Region contains N)'],
  [{ ...leaf('customerAge', 'equals', 40), includesMissing: true }, 'Age is 40 or has no value'],
  [not({ ...leaf('customerAge', 'equals', 40), includesMissing: true }), 'not (Age is 40 or has no value)'],
  [leaf('customerAudience', 'in', 'x1'), 'Audience is a certain one'],
  [
    group(
      'anyOf',
      leaf('customerAge', 'equals', 40),
      group('allOf', leaf('regionCode', 'equals', 'NC'), leaf('consentEmail', 'equals', true)),
    ),
    'Age is 40, or (Region is NC, and Consent: E-mail is yes)',
  ],
  [not(group('anyOf', leaf('customerAge', 'equals', 40))), 'not (Age is 40)'],
];

test('clauses are said in words', () => {
  for (const [clause, words] of said) assert.equal(sayClause(clause, { types }), words);
});

test('audiences are said by name where the names are known', () => {
  const audienceNames = new Map([['x1', 'Spring mailing']]);
  const words = sayClause(leaf('customerAudience', 'notIn', 'x1', 'x2'), { types, audienceNames });
  assert.equal(words, 'Audience is none of “Spring mailing”, “an audience that you do not see”');
});

test('a type that the institution does not have keeps the name that the filter has', () => {
  assert.equal(nameClause(leaf('shoeSize', 'equals', 42), { types }), 'shoeSize');
  assert.equal(sayClause(leaf('shoeSize', 'equals', 42), { types }), 'shoeSize is 42');
});
