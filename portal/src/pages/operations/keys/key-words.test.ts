import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Key, keyName, sortKeys } from './key-words.ts';

test('keys stand by what they are for, the newest of each first', () => {
  const made = { state: 'active', createdAt: '2026-01-01T00:00:00.000Z' } as const;
  const keys: readonly Key[] = [
    { kind: 'index', identifierType: 'username', generation: 1, ...made },
    { kind: 'index', identifierType: 'emailAddress', generation: 1, ...made },
    { kind: 'index', identifierType: 'emailAddress', generation: 2, ...made },
    { kind: 'data', generation: 10, ...made },
    { kind: 'data', generation: 9, ...made },
  ];
  assert.deepEqual(
    sortKeys(keys).map((key) => `${keyName(key)} ${key.generation}`),
    [
      'Customer data 10',
      'Customer data 9',
      'Lists by e-mail address 2',
      'Lists by e-mail address 1',
      'Lists by user name 1',
    ],
  );
});
