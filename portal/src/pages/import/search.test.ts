import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atStep, readImportSearch } from './search.ts';

test('an import is read as the address has it', () => {
  const search = { audience: '0399abedfd3d5e10c2aa', step: 'check' };
  assert.deepEqual(readImportSearch(search), search);
  assert.deepEqual(readImportSearch({ audience: '../x', step: 'done', more: 1 }), {});
});

test('each step has an address, with the audience that is edited', () => {
  const edit = { audienceId: '0399abedfd3d5e10c2aa' };
  assert.deepEqual(atStep('list'), {});
  assert.deepEqual(atStep('check', edit), { audience: edit.audienceId, step: 'check' });
  assert.deepEqual(readImportSearch({ ...atStep('check', edit) }), atStep('check', edit));
});
