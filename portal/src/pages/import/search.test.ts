import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atStep, readImportedSearch, readImportSearch, withOutcome } from './search.ts';

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

test('the part whose lines are shown stands in the address, beside how the list was read', () => {
  assert.deepEqual(readImportedSearch({ wide: true, outcome: 'invalid' }), { wide: true, outcome: 'invalid' });
  const ofAudience = { audience: '0399abedfd3d5e10c2aa', sheet: 1 };
  assert.deepEqual(readImportedSearch({ ...ofAudience, wide: 'yes' }), ofAudience);
  assert.deepEqual(readImportedSearch({ audience: '../x' }), {});
  assert.deepEqual(readImportedSearch({ wide: 1, outcome: 'gone' }), {});
  assert.deepEqual(withOutcome(undefined)({ wide: true, outcome: 'invalid' }), { wide: true });
});
