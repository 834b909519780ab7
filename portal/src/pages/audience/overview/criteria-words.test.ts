import assert from 'node:assert/strict';
import { test } from 'node:test';
import { criteriaSentences, type Filter, sentenceOf } from './criteria-words.ts';

const vocabulary = {
  types: [
    { id: 'customerAge', name: 'customerAge', label: 'Age', dataType: 'integer' },
    { id: 'regionCode', name: 'regionCode', label: 'Region', dataType: 'enumeration' },
    { id: 'customerSince', name: 'customerSince', label: 'Customer since', dataType: 'date' },
    { id: 'consentEmail', name: 'consentEmail', label: 'Agreed to e-mail', dataType: 'boolean' },
    { id: 'customerAudience', name: 'customerAudience', label: 'Audience', dataType: 'audience' },
  ],
  nameOfAudience: (id: string) => (id === 'a1' ? 'Spring' : id),
} as const;

const has = (name: string, operator: Filter['operator'], ...values: (string | number | boolean)[]): Filter => ({
  filterType: { name },
  ...(operator === undefined ? {} : { operator }),
  values,
});

function said(filter: Filter): string {
  const sentence = sentenceOf(filter, vocabulary);
  return sentence.kind === 'one' ? `${sentence.label} ${sentence.says}` : sentence.mode;
}

test('a filter is said in words', () => {
  assert.equal(said(has('customerAge', 'between', 35, 54)), 'Age is from 35 to 54');
  assert.equal(said(has('regionCode', 'in', 'NC', 'SC', 'VA')), 'Region is NC, SC or VA');
  assert.equal(said(has('customerSince', 'withinLast', 30)), 'Customer since is within the last 30 days');
  assert.equal(said(has('customerSince', 'lessThan', '2020-01-01')), 'Customer since is before 2020-01-01');
  assert.equal(said(has('consentEmail', 'equals', true)), 'Agreed to e-mail is yes');
  assert.equal(said(has('customerAudience', 'notIn', 'a1')), 'Audience is not “Spring”');
  assert.equal(said(has('regionCode', 'isMissing')), 'Region is missing');
});

test('a type that the server does not name is called by what the filter names', () => {
  assert.equal(said(has('shoeSize', 'equals', 42)), 'shoeSize is 42');
});

test('the opposite of a filter is said as such, and the opposite of that as itself', () => {
  assert.equal(said({ not: has('regionCode', 'equals', 'NC') }), 'Region is not NC');
  assert.equal(said({ not: { not: has('regionCode', 'equals', 'NC') } }), 'Region is NC');
});

test('missing values are told', () => {
  const filter = { ...has('customerAge', 'lessThan', 30), includeMissingValues: true };
  assert.equal(said(filter), 'Age is below 30, or is missing');
  assert.equal(said({ not: filter }), 'Age is not below 30, and is known');
});

test('of many values some are said and the others counted', () => {
  assert.match(said(has('regionCode', 'in', ...'ABCDEFGHIJ')), /A, B, C, D, E, F and 4 others$/);
});

test('groups keep their parts', () => {
  const parts = [has('customerAge', 'equals', 1), has('regionCode', 'equals', 'NC')];
  assert.equal(said({ anyOf: parts }), 'any');
  assert.equal(said({ not: { anyOf: parts } }), 'none');
  assert.equal(said({ not: { allOf: parts } }), 'notAll');
});

test('filters come in the order of their ordinals', () => {
  const filters = [
    { ...has('customerAge', 'equals', 1), ordinal: 5 },
    { ...has('regionCode', 'equals', 'NC'), ordinal: 2 },
  ];
  const labels = criteriaSentences(filters, vocabulary).map((sentence) => sentence.kind === 'one' && sentence.label);
  assert.deepEqual(labels, ['Region', 'Age']);
});
