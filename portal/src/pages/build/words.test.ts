import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FilterType, Group, Leaf } from './criteria.ts';
import { nameClause, sayClause } from './words.ts';

const age: FilterType = {
  id: 'customerAge',
  name: 'customerAge',
  label: 'Age',
  description: '',
  category: 'customer',
  dataType: 'integer',
  operators: [],
  constraints: {},
  customerCount: 0,
};
const words = { types: [age] };

const leaf = (name: string, ...values: Leaf['values']): Leaf => ({
  kind: 'leaf',
  id: name,
  isNegated: false,
  type: { name },
  operator: 'equals',
  values,
  includesMissing: false,
});
const group: Group = {
  kind: 'group',
  id: 'g',
  isNegated: true,
  match: 'anyOf',
  parts: [leaf('customerAge', 40), leaf('customerAge')],
};

test('a clause is said as the filter that it becomes, with a gap where it asks nothing yet', () => {
  assert.equal(sayClause(leaf('customerAge', 40), words), 'Age is 40');
  assert.equal(sayClause(leaf('customerAge'), words), 'Age is …');
  assert.equal(sayClause(group, words), 'not (Age is 40, or Age is …)');
});

test('a clause is named by its type; one that the institution does not have as the filter has it', () => {
  assert.equal(nameClause(leaf('customerAge'), words), 'Age');
  assert.equal(nameClause(leaf('shoeSize', 42), words), 'shoeSize');
  assert.equal(sayClause(leaf('shoeSize', 42), words), 'shoeSize is 42');
});
