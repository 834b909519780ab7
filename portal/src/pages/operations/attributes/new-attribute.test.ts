import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Attribute,
  bodyOf,
  constraintsText,
  emptyForm,
  formOf,
  isComplete,
  isName,
  patchOf,
} from './new-attribute.ts';

test('a name is a small letter, then letters and digits', () => {
  assert.deepEqual(['relationshipTier', 'a1', 'a', 'Tier', 'tier-2'].map(isName), [true, true, false, false, false]);
});

test('an enumeration has choices, each once', () => {
  const form = { ...emptyForm, name: 'tier', label: 'Tier', choices: 'gold\n silver \n\ngold' };
  assert.equal(isComplete({ ...form, choices: '\n' }), false);
  assert.deepEqual(bodyOf(form), {
    name: 'tier',
    label: 'Tier',
    dataType: 'enumeration',
    constraints: { choices: ['gold', 'silver'] },
  });
});

test('bounds are numbers of an integer and text of an amount; those of another type stay behind', () => {
  const form = { ...emptyForm, name: 'score', minimum: '1', maximum: '10', choices: 'left over' };
  assert.deepEqual(bodyOf({ ...form, dataType: 'integer' }).constraints, { minimum: 1, maximum: 10 });
  assert.deepEqual(bodyOf({ ...form, dataType: 'decimal' }).constraints, { minimum: '1', maximum: '10' });
  assert.equal(bodyOf({ ...form, dataType: 'boolean' }).constraints, undefined);
});

test('limits are said in words', () => {
  assert.equal(constraintsText({ constraints: { choices: ['a', 'b', 'c', 'd', 'e', 'f'] } }), 'a, b, c, d and 2 more');
  assert.equal(constraintsText({ constraints: { minimum: 1 } }), '1 or more');
  assert.equal(constraintsText({ constraints: {} }), 'None');
});

test('a change says what is there now, and null for what is gone', () => {
  const attribute: Attribute = {
    ...{ id: 'a', name: 'score', label: 'Score', dataType: 'integer', fairLending: 'proxy' },
    ...{ constraints: { minimum: 1, maximum: 10 }, createdAt: '', createdBy: '', updatedAt: '' },
  };
  const form = formOf(attribute);
  const constraints = { minimum: 1, maximum: 10, maxLength: null, choices: null };
  assert.deepEqual(patchOf(form), { label: 'Score', fairLending: 'proxy', constraints });
  assert.deepEqual(patchOf({ ...form, label: ' ', fairLending: 'none', maximum: '' }), {
    label: null,
    fairLending: null,
    constraints: { ...constraints, maximum: null },
  });
});
