import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pairRows, upsetRows } from './upset.ts';

const overlaps = {
  customerCount: 100,
  audiences: [
    { id: 'a', version: 1, customerCount: 60, withheldCount: 0 },
    { id: 'b', version: 2, customerCount: 50, withheldCount: 1 },
    { id: 'c', version: 1, customerCount: 0, withheldCount: 0 },
  ],
  pairs: [
    { audiences: ['a', 'b'], customerCount: 10, jaccard: 0.1 },
    { audiences: ['a', 'c'], customerCount: 0, jaccard: 0 },
    { audiences: ['b', 'c'], customerCount: 0, jaccard: 0 },
  ],
  intersections: [
    { audiences: ['a'], customerCount: 50 },
    { audiences: ['b'], customerCount: 40 },
    { audiences: ['b', 'a'], customerCount: 10 },
  ],
  intersectionCount: 3,
  more: false,
};

test('the rows of the plot have a dot for each audience they are in, and add up', () => {
  const rows = upsetRows(overlaps);
  assert.deepEqual(
    rows.map(({ dots }) => dots),
    [
      [true, false, false],
      [false, true, false],
      [true, true, false],
    ],
  );
  assert.deepEqual(rows[2]?.audiences, ['a', 'b']);
  assert.equal(rows[0]?.length, 1);
  assert.equal(
    rows.reduce((sum, { share }) => sum + share, 0),
    1,
  );
});

test('pairs are told from the side of one audience; an empty one shares nothing', () => {
  const [withB, withC] = pairRows(overlaps, 'a');
  assert.deepEqual(withB, { id: 'b', both: 10, ofThis: 10 / 60, ofOther: 10 / 50, jaccard: 0.1 });
  assert.deepEqual(withC, { id: 'c', both: 0, ofThis: 0, ofOther: 0, jaccard: 0 });
  assert.equal(pairRows(overlaps, 'b')[0]?.id, 'a');
});
