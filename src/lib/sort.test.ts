import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSort } from './sort.ts';

const fields = ['name', 'createdAt', 'customerCount'] as const;

test('fields in order, completed by id in the direction of the last', () => {
  assert.deepEqual(parseSort('name,-createdAt', fields), [
    { field: 'name', descending: false },
    { field: 'createdAt', descending: true },
    { field: 'id', descending: true },
  ]);
  assert.deepEqual(parseSort('-id', ['id', 'name']), [{ field: 'id', descending: true }]);
});

test('unknown, repeated and empty fields are bad requests', () => {
  for (const text of [
    '',
    '-',
    'secret',
    'name,',
    'name,name',
    'name,-name',
    '+name',
    '--name',
    'name createdAt',
    ' name',
  ]) {
    assert.throws(
      () => parseSort(text, fields),
      (error: Error & { type: string }) => error.type === 'badRequest' && !error.message.includes('secret'),
      text,
    );
  }
});
