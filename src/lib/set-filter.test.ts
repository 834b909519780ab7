import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSet } from './set-filter.ts';

const states = ['active', 'archived'] as const;

test('a pipe and a repeated parameter mean the same set', () => {
  assert.deepEqual(parseSet('active', states), ['active']);
  assert.deepEqual(parseSet('archived|active', states), ['active', 'archived']);
  assert.deepEqual(parseSet(['archived', 'active'], states), ['active', 'archived']);
  assert.deepEqual(parseSet(['active|archived', 'active'], states), ['active', 'archived']);
});

test('an unknown value is a bad request, also beside known ones; a part of a value is unknown', () => {
  for (const text of ['', 'inactive', 'act', 'active|', '|', 'active|secret-value', 'ACTIVE', 'active,archived']) {
    assert.throws(
      () => parseSet(text, states, 'state'),
      (error: Error & { type: string }) => error.type === 'badRequest' && !error.message.includes('secret'),
      text,
    );
  }
});
