import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMoving, readImportSearch } from './search.ts';

test('an address names a known state and an id, or nothing', () => {
  assert.deepEqual(readImportSearch({ state: 'failed', import: '0399abedfd3d5e10c2aa' }), {
    state: 'failed',
    import: '0399abedfd3d5e10c2aa',
  });
  assert.deepEqual(readImportSearch({ state: 'lost', import: '<script>' }), {});
});

test('what is received, waits or is matched moves', () => {
  assert.equal(isMoving({ state: 'matching' }), true);
  assert.equal(isMoving({ state: 'completed' }), false);
});
