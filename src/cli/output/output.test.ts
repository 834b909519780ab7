import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatCount, formatDuration, formatLineNumbers, formatQuantity } from './format.ts';
import { ledgerAddsUp, ledgerEquation } from './ledger.ts';
import { safeText } from './safe-text.ts';
import { formatFields, formatTable } from './table.ts';

test('numbers read as people read them', () => {
  assert.equal(formatCount(1234567), '1,234,567');
  assert.equal(formatQuantity(1, 'line'), '1 line');
  assert.equal(formatQuantity(12_000, 'line'), '12,000 lines');
  assert.deepEqual([999, 1_000, 5_240_000, 64_000_000_000].map(formatBytes), ['999 B', '1.0 kB', '5.2 MB', '64.0 GB']);
  assert.deepEqual([420, 12_400, 200_000].map(formatDuration), ['0.4 s', '12 s', '3 min 20 s']);
  assert.equal(formatLineNumbers([17, 2_100], { shownMax: 6, more: false }), '17, 2100');
  assert.equal(formatLineNumbers([1, 2, 3], { shownMax: 2, more: false }), '1, 2 and more');
});

test('columns align, numbers on the right, wide and coloured cells included', () => {
  const rows = [
    ['Spring', '8,288'],
    ['顧客', '12'],
    ['\u001b[32mok\u001b[39m', '1'],
  ];
  assert.deepEqual(formatTable([{ title: 'name' }, { title: 'customers', align: 'right' }], rows), [
    'name    customers',
    '──────  ─────────',
    'Spring      8,288',
    '顧客           12',
    '\u001b[32mok\u001b[39m              1',
  ]);
  assert.deepEqual(
    formatFields([
      ['Id', 'a'],
      ['Customers', '5'],
    ]),
    ['Id         a', 'Customers  5'],
  );
});

test('the ledger is an equation, and says so when it does not add up', () => {
  const ledger = {
    id: 'a',
    state: 'completed',
    lineCount: 10_000,
    headerCount: 0,
    blankCount: 3,
    invalidCount: 12,
    duplicateCount: 240,
    unmatchedCount: 1_501,
    ambiguousCount: 44,
    matchedCount: 8_200,
  };
  assert.equal(
    ledgerEquation(ledger),
    '10,000 lines = 0 header + 3 blank + 12 invalid + 240 duplicate + 1,501 unmatched + 44 ambiguous + 8,200 matched',
  );
  assert.ok(ledgerAddsUp(ledger));
  assert.ok(!ledgerAddsUp({ ...ledger, matchedCount: 8_199 }));
  assert.match(ledgerEquation({ ...ledger, matchedCount: 8_199 }), /^10,000 lines ≠ /);
});

test('text of others cannot steer the terminal', () => {
  assert.equal(safeText('a\u001b[2Jb\nc\u202ed'), 'a\ufffd[2Jb\ufffdc\ufffdd');
});
