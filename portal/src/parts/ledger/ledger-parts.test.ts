import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf, outcomes, partsOf } from './ledger-parts.ts';

const counts = {
  lineCount: 10,
  headerCount: 1,
  blankCount: 0,
  invalidCount: 2,
  duplicateCount: 1,
  unmatchedCount: 1,
  ambiguousCount: 0,
  matchedCount: 5,
};

test('the parts of a ledger are its seven outcomes, and add up to its lines', () => {
  const parts = partsOf(counts);
  assert.deepEqual(
    parts.map(({ outcome }) => outcome),
    outcomes,
  );
  const sum = parts.reduce((all, { count, share }) => ({ count: all.count + count, share: all.share + share }), {
    count: 0,
    share: 0,
  });
  assert.deepEqual(sum.count, counts.lineCount);
  assert.ok(Math.abs(sum.share - 1) < 1e-9);
  assert.equal(parts[0]?.share, 0.5);
});

test('without lines nothing is divided by zero', () => {
  const none = { ...counts, lineCount: 0, headerCount: 0, invalidCount: 0, duplicateCount: 0 };
  const parts = partsOf({ ...none, unmatchedCount: 0, matchedCount: 0 });
  assert.ok(parts.every(({ count, share }) => count === 0 && share === 0));
});

test('only the seven are outcomes', () => {
  assert.equal(outcomeOf('invalid'), 'invalid');
  for (const other of ['gone', 7, undefined]) assert.equal(outcomeOf(other), undefined);
});
