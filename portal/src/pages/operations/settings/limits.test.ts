import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundOf, boundsText, type FilterType, limitedTypes, turned, withLimit } from './limits.ts';

const age: FilterType = {
  id: 'filterType1',
  name: 'customerAge',
  label: 'Age',
  description: '',
  category: 'customer',
  dataType: 'integer',
  operators: ['between'],
  constraints: {},
  customerCount: 3,
};

test('a hidden type, which the API lists no more, is there by its limit', () => {
  const rows = limitedTypes(
    [age],
    [
      { name: 'postalCode', hidden: true },
      { name: 'customerAge', minimum: 18 },
    ],
  );
  assert.deepEqual(
    rows.map(({ name, label, limit }) => [name, label, limit?.hidden ?? false]),
    [
      ['customerAge', 'Age', false],
      ['postalCode', 'postalCode', true],
    ],
  );
});

test('hiding keeps the bounds, and offering again brings them back', () => {
  const hidden = turned({ name: 'customerAge', minimum: 18 }, { name: 'customerAge', isHidden: true });
  assert.deepEqual(hidden, { name: 'customerAge', minimum: 18, hidden: true });
  assert.deepEqual(turned(hidden, { name: 'customerAge', isHidden: false }), { name: 'customerAge', minimum: 18 });
});

test('a limit replaces the one before, and one that limits nothing goes', () => {
  const limits = [
    { name: 'postalCode', hidden: true },
    { name: 'customerAge', minimum: 18 },
  ];
  assert.deepEqual(withLimit(limits, { name: 'customerAge', maximum: 90 }), [
    { name: 'postalCode', hidden: true },
    { name: 'customerAge', maximum: 90 },
  ]);
  assert.deepEqual(withLimit(limits, { name: 'postalCode' }), [{ name: 'customerAge', minimum: 18 }]);
});

test('bounds are numbers of integers and text of the rest', () => {
  assert.equal(boundOf(' 18 ', 'integer'), 18);
  assert.equal(boundOf('100.00', 'decimal'), '100.00');
  assert.equal(boundOf('2026-01-31', 'date'), '2026-01-31');
  assert.equal(boundOf(' ', 'date'), undefined);
});

test('what is left is said in words', () => {
  assert.equal(boundsText({ name: 'a', minimum: 18, maximum: 90 }), '18 to 90');
  assert.equal(boundsText({ name: 'a', minimum: 18 }), '18 or more');
  assert.equal(boundsText({ name: 'a', choices: ['x'] }), '1 choice');
  assert.equal(boundsText({ name: 'a', hidden: true }), undefined);
});
