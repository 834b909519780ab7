import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAuditSearch } from './search.ts';

test('an address names an operation of the form of one and a known outcome, or nothing', () => {
  assert.deepEqual(readAuditSearch({ operation: 'createApplication', outcome: 'denied' }), {
    operation: 'createApplication',
    outcome: 'denied',
  });
  assert.deepEqual(readAuditSearch({ operation: 'no such thing', outcome: 'lost' }), {});
});
