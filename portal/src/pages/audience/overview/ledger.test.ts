import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ledgerParts } from './ledger.ts';

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

test('the parts of a ledger are those that occur, and add up to its lines', () => {
  const parts = ledgerParts(counts);
  assert.deepEqual(
    parts.map(({ outcome }) => outcome),
    ['matched', 'unmatched', 'duplicate', 'invalid', 'header'],
  );
  assert.equal(
    parts.reduce((sum, { count }) => sum + count, 0),
    counts.lineCount,
  );
  assert.equal(parts[0]?.share, 0.5);
});
