import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCursor } from '../lib/cursor.ts';
import { createPage, cursorBinding, nextPageUrl, pagePosition } from './paging.ts';

const key = new Uint8Array(32).fill(7);
const institutionId = 'DEMOBANK';

test('a page says the limit, echoes start, and leads on while there is more', () => {
  const url = '/service/customerAudiences?limit=2&state=active%7Carchived';
  const page = createPage({ url, query: { limit: 2 } }, { items: ['a', 'b'], count: 5, nextStart: 'next' });
  assert.deepEqual(page, { items: ['a', 'b'], limit: 2, nextPage_url: `${url}&start=next`, count: 5 });
  const last = createPage({ url: `${url}&start=s`, query: { limit: 2, start: 's' } }, { items: [], count: 5 });
  assert.deepEqual(last, { items: [], limit: 2, start: 's', count: 5 });
});

test('limit=0 has a count, no items and no next page', () => {
  const page = createPage({ url: '/x?limit=0', query: { limit: 0 } }, { items: ['a'], count: 5, nextStart: 'next' });
  assert.deepEqual(page, { items: [], limit: 0, count: 5 });
});

test('the next address keeps the query, replaces start, and is absolute under a public address', () => {
  assert.equal(
    nextPageUrl('/x?start=old&name=a%20b&sortBy=-createdAt', 'new'),
    '/x?name=a+b&sortBy=-createdAt&start=new',
  );
  assert.equal(nextPageUrl('/x', 'new', 'https://bank.example/'), 'https://bank.example/x?start=new');
});

test('a cursor holds for its institution, collection, filters and sort, at any limit', () => {
  const start = encodeCursor(key, cursorBinding(institutionId, '/x?name=a&sortBy=name&limit=5'), ['n', 'id']);
  const position = (url: string, institution = institutionId) =>
    pagePosition({ url, query: { start } }, key, institution);
  assert.deepEqual(position(`/x?limit=9&sortBy=name&name=a&start=${start}`), ['n', 'id']);
  for (const url of ['/y?name=a&sortBy=name', '/x?name=b&sortBy=name', '/x?name=a', '/x?name=a&sortBy=name&name=a']) {
    assert.throws(() => position(url), { type: 'badRequest' }, url);
  }
  assert.throws(() => position('/x?name=a&sortBy=name', 'OTHER'), { type: 'badRequest' });
  assert.equal(pagePosition({ url: '/x', query: {} }, key, institutionId), undefined);
});
