import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idsOf, readAudienceView } from './view.ts';

test('a view is read as the address has it', () => {
  const search = { tab: 'history', version: 3, against: 1, with: 'a1,b2', customer: 'c3' };
  assert.deepEqual(readAudienceView(search), search);
});

test('what is no part of a view is nothing', () => {
  const search = { tab: 'secrets', version: -1, against: '1', with: '../x', customer: '<b>', more: true };
  assert.deepEqual(readAudienceView(search), {});
});

test('the first tab needs no word in the address', () => {
  assert.deepEqual(readAudienceView({ tab: 'overview' }), {});
});

test('others are five at most, each once', () => {
  assert.deepEqual(idsOf('a,b,a,c,d,e,f'), ['a', 'b', 'c', 'd', 'e']);
});
