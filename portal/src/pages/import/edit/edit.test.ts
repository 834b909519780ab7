import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editOf, editTarget, previewIn } from './edit.ts';

const body = { id: 'a1', customerCount: 12, addedCount: 5, removedCount: 3, import: {} };

test('the size before an edit follows from the size after it', () => {
  const preview = previewIn(body, '"t"');
  assert.deepEqual(preview, { addedCount: 5, removedCount: 3, before: 10, after: 12, tag: '"t"' });
});

test('an import is an edit by its mode, once it has an audience', () => {
  assert.deepEqual(editOf({ mode: 'remove', customerAudienceId: 'a1' }), { audienceId: 'a1', mode: 'remove' });
  assert.equal(editOf({ mode: 'create', customerAudienceId: 'a1' }), undefined);
  assert.equal(editOf({ mode: 'suppress' }), undefined);
});

test('an answer without the counts of an edit has no preview', () => {
  for (const other of [undefined, 'gateway', {}, { customerCount: 3 }]) assert.equal(previewIn(other, ''), undefined);
});

test('only a replace is held to the state that it was tried on', () => {
  const path = '/service/customerAudiences/a1/importedCustomers';
  assert.deepEqual(editTarget({ audienceId: 'a1', mode: 'replace' }, '"t"'), { path, ifMatch: '"t"' });
  for (const mode of ['add', 'remove'] as const) {
    assert.deepEqual(editTarget({ audienceId: 'a1', mode }, '"t"'), { path });
  }
});
