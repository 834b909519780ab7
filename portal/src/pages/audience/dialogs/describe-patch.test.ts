import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carriedOver, describedOf, describePatch } from './describe-patch.ts';

const before = { name: 'Spring', description: 'As sent', purpose: 'marketing' } as const;
const same = { name: 'Spring', description: 'As sent', purpose: 'marketing', justification: '' } as const;

test('what stays is not sent', () => {
  assert.deepEqual(describePatch(before, same), {});
});

test('what changed is sent, without the spaces around it', () => {
  assert.deepEqual(describePatch(before, { ...same, name: ' Summer ' }), { name: 'Summer' });
});

test('an empty description clears it', () => {
  assert.deepEqual(describePatch(before, { ...same, description: ' ' }), { description: null });
});

test('a purpose goes with its justification', () => {
  const after = { ...same, purpose: 'credit', justification: 'Score' } as const;
  assert.deepEqual(describePatch(before, after), { purpose: 'credit', justification: 'Score' });
});

test('what somebody else changed meanwhile is not written back', () => {
  const now = { name: 'Spring', description: 'As sent in May', purpose: 'servicing' } as const;
  const typed = { ...describedOf(before), name: 'Summer' };
  const after = carriedOver(typed, { before, now });
  assert.deepEqual(after, { name: 'Summer', description: 'As sent in May', purpose: 'servicing', justification: '' });
  assert.deepEqual(describePatch(now, after), { name: 'Summer' });
});
