import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextStart } from './next-page.ts';

test('the cursor of the next page is in its address, relative or absolute', () => {
  assert.equal(nextStart('/service/applications?limit=2&start=abc.d=='), 'abc.d==');
  assert.equal(nextStart('https://bank.example/rollcall/service/applications?start=x%2Ey'), 'x.y');
});

test('without an address there is no page more', () => {
  assert.equal(nextStart(undefined), undefined);
  assert.equal(nextStart('/service/applications?limit=2'), undefined);
});
