import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstLines, reasonWord } from './reasons.ts';

test('a few line numbers are all shown, of many the first eight', () => {
  assert.equal(firstLines({ recordNumbers: [3, 1204], more: false }), '3, 1204');
  const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  assert.equal(firstLines({ recordNumbers: ten, more: false }), '1, 2, 3, 4, 5, 6, 7, 8 and others');
  assert.equal(firstLines({ recordNumbers: [1], more: true }), '1 and others');
});

test('a reason that is new to the portal is shown as it came', () => {
  const row = { count: 1, recordNumbers: [1], more: false };
  assert.equal(
    reasonWord({ ...row, reason: 'invalidFormat' }, { invalidFormat: 'Not of this form' }),
    'Not of this form',
  );
  assert.equal(reasonWord({ ...row, reason: 'newReason', field: 'branch' }, {}), 'branch: newReason');
});
