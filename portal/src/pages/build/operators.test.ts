import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FilterType, Leaf } from './criteria.ts';
import { firstOperator, isComplete, isDescending, newLeaf, typeOf, valuesUnder } from './operators.ts';

const type: FilterType = {
  id: 'customerAge',
  name: 'customerAge',
  label: 'Age',
  description: '',
  category: 'customer',
  dataType: 'integer',
  operators: ['equals', 'between', 'isMissing'],
  constraints: {},
  customerCount: 1,
};
const leaf = (operator: Leaf['operator'], ...values: Leaf['values']): Leaf => ({
  ...newLeaf(type, 'a'),
  operator,
  values,
});

test('a new clause asks what is most often asked, of a yes or no the yes', () => {
  assert.equal(firstOperator(type), 'between');
  assert.equal(firstOperator({ ...type, operators: ['equals'] }), 'equals');
  assert.deepEqual(newLeaf({ ...type, dataType: 'boolean' }, 'a').values, [true]);
  assert.equal(isComplete(newLeaf(type, 'a')), false);
});

test('a clause is complete with as many values as its operator takes', () => {
  for (const complete of [
    leaf('isMissing'),
    leaf('equals', 0),
    leaf('in', 1, 2, 3),
    leaf('between', 1, 1),
    leaf('equals', false),
  ]) {
    assert.ok(isComplete(complete), JSON.stringify(complete));
  }
  for (const incomplete of [
    leaf('equals'),
    leaf('equals', ''),
    leaf('equals', '-'),
    leaf('in'),
    leaf('between', 1),
    leaf('between', '', 2),
    leaf('between', 3, 2),
  ]) {
    assert.equal(isComplete(incomplete), false, JSON.stringify(incomplete));
  }
});

test('bounds are compared as numbers where they are, else as text', () => {
  assert.ok(isDescending([10, 9]));
  assert.equal(isDescending(['9', '10']), false);
  assert.ok(isDescending(['2026-02-01', '2026-01-31']));
  assert.equal(isDescending(['', '3']), false);
});

test('under another operator the values stay that mean the same', () => {
  assert.deepEqual(valuesUnder('between', 'equals', [40]), [40]);
  assert.deepEqual(valuesUnder('equals', 'in', ['a', 'b']), ['a']);
  assert.deepEqual(valuesUnder('isMissing', 'in', ['a']), []);
  assert.deepEqual(valuesUnder('lessThan', 'withinLast', [90]), []);
  assert.deepEqual(valuesUnder('notWithinLast', 'withinLast', [90]), [90]);
});

test('a type is found by id, or by name where a filter has no id', () => {
  assert.equal(typeOf([type], { ...leaf('equals'), type: { name: 'customerAge' } }), type);
  assert.equal(typeOf([type], { ...leaf('equals'), type: { id: 'other', name: 'customerAge' } }), undefined);
});
