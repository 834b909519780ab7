import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mediaTypeOf, queryOf } from './load-query.ts';

test('columns to pass over go without the spaces and gaps of whoever typed them', () => {
  const order = { mode: 'upsert', ignoreColumns: ' segment, ,note ,', confirmRemovals: true } as const;
  assert.deepEqual(queryOf(order), { mode: 'upsert', ignoreColumns: 'segment,note' });
});

test('removals are confirmed of a replace only', () => {
  const order = { mode: 'replace', ignoreColumns: '', confirmRemovals: true } as const;
  assert.deepEqual(queryOf(order), { mode: 'replace', confirmRemovals: 'true' });
});

test('NDJSON is known by the end of its name', () => {
  assert.equal(mediaTypeOf('base.NDJSON'), 'application/x-ndjson');
  assert.equal(mediaTypeOf('base.csv'), 'text/csv');
});
