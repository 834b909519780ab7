import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barLength, type Cell, cellsInSight, longestPercent } from './bars.ts';

const cells: readonly Cell[] = [
  { kind: 'value', value: 'NC', customerCount: 30, audiencePercent: 50, basePercent: 20 },
  { kind: 'value', value: 'SC', customerCount: 20, audiencePercent: 25, basePercent: 80 },
  { kind: 'missing', customerCount: 10 },
  { kind: 'withheld', value: 'VA' },
];

test('the longest bar is the largest share of either', () => {
  assert.equal(longestPercent(cells), 80);
  assert.equal(barLength(20, 80), 25);
  assert.equal(barLength(undefined, 80), 0);
});

test('without a share nothing is divided by zero', () => {
  assert.equal(longestPercent([{ kind: 'withheld', value: 'x' }]), 1);
});

test('few values are in sight, and all that are none', () => {
  const kinds = cellsInSight(cells, 1).map(({ kind, value }) => value ?? kind);
  assert.deepEqual(kinds, ['NC', 'missing', 'VA']);
});
