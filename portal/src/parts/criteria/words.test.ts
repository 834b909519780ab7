import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FilterType, Operator } from './text.ts';
import { type Filter, sayFilter, sentenceOf, sentencesOf } from './words.ts';

const type = (name: string, label: string, dataType: FilterType['dataType']) => ({ id: name, name, label, dataType });
const words = {
  types: [
    type('customerAge', 'Age', 'integer'),
    type('regionCode', 'Region', 'string'),
    type('totalDeposits', 'Deposits', 'decimal'),
    type('productType', 'Product', 'enumeration'),
    type('consentEmail', 'Consent: E-mail', 'boolean'),
    type('customerSince', 'Customer since', 'date'),
    type('customerAudience', 'Audience', 'audience'),
  ],
};

const has = (name: string, operator: Operator, ...values: (string | number | boolean)[]): Filter => ({
  filterType: { name },
  operator,
  values,
});
const age = has('customerAge', 'equals', 40);
const region = has('regionCode', 'equals', 'NC');
const consent = has('consentEmail', 'equals', true);
const orMissing = { ...age, includeMissingValues: true };

const said: readonly [Filter, string][] = [
  [has('customerAge', 'between', 35, 49), 'Age is between 35 and 49'],
  [has('regionCode', 'in', 'NC', 'SC'), 'Region is any of NC, SC'],
  [has('regionCode', 'in', 'NC'), 'Region is NC'],
  [has('regionCode', 'in', ...'ABCDEF'), 'Region is any of A, B, C, D and 2 more'],
  [has('totalDeposits', 'greaterThanOrEqualTo', '100000.00'), 'Deposits is at least 100,000'],
  [has('productType', 'notEquals', 'creditCard'), 'Product is not Credit card'],
  [has('consentEmail', 'equals', false), 'Consent: E-mail is no'],
  [has('customerSince', 'withinLast', 90), 'Customer since is within the last 90 days'],
  [has('customerSince', 'withinLast', 1), 'Customer since is within the last 1 day'],
  [has('customerSince', 'lessThan', '2020-03-01'), 'Customer since is before Mar 1, 2020'],
  [has('customerAge', 'isMissing'), 'Age has no value'],
  [has('customerAudience', 'in', 'x1'), 'Audience is a certain one'],
  [has('shoeSize', 'equals', 42), 'shoeSize is 42'],
  [has('customerAge', 'equals'), 'Age is …'],
  [orMissing, 'Age is 40 or has no value'],
  [{ not: has('customerAge', 'between', 35, 49) }, 'Age is not between 35 and 49'],
  [{ not: has('regionCode', 'notIn', 'NC') }, 'Region is NC'],
  [{ not: has('regionCode', 'contains', 'N') }, 'Region does not contain N'],
  [{ not: has('customerSince', 'lessThan', '2020-03-01') }, 'Customer since is not before Mar 1, 2020'],
  [{ not: orMissing }, 'Age is not 40, and has a value'],
  [{ not: { not: age } }, 'Age is 40'],
  [{ anyOf: [age, { allOf: [region, consent] }] }, 'Age is 40, or (Region is NC, and Consent: E-mail is yes)'],
  [
    { anyOf: [age, { not: { allOf: [region, consent] } }] },
    'Age is 40, or not (Region is NC, and Consent: E-mail is yes)',
  ],
  [{ not: { anyOf: [age] } }, 'not (Age is 40)'],
];

test('filters are said in words', () => {
  for (const [filter, sentence] of said) assert.equal(sayFilter(filter, words), sentence);
});

test('audiences are said by name where the names are known', () => {
  const audienceNames = new Map([['x1', 'Spring mailing']]);
  const sentence = sayFilter(has('customerAudience', 'notIn', 'x1', 'x2'), { ...words, audienceNames });
  assert.equal(sentence, 'Audience is none of “Spring mailing”, “an audience that you do not see”');
});

test('groups keep their parts', () => {
  const mode = (filter: Filter) => {
    const sentence = sentenceOf(filter, words);
    return sentence.kind === 'group' ? [sentence.mode, sentence.of.length] : sentence.kind;
  };
  assert.deepEqual(mode({ anyOf: [age, region] }), ['any', 2]);
  assert.deepEqual(mode({ not: { anyOf: [age, region] } }), ['none', 2]);
  assert.deepEqual(mode({ not: { allOf: [age, region] } }), ['notAll', 2]);
  assert.deepEqual(mode({ not: { not: { allOf: [age] } } }), ['all', 1]);
});

test('filters come in the order of their ordinals', () => {
  const filters = [
    { ...age, ordinal: 5 },
    { ...region, ordinal: 2 },
  ];
  const labels = sentencesOf(filters, words).map((sentence) => sentence.kind === 'one' && sentence.label);
  assert.deepEqual(labels, ['Region', 'Age']);
});
