import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryBudget } from './memory-budget.ts';

test('a holder waits until another gives its memory back', async () => {
  const budget = new MemoryBudget({ bytesMax: 100, waitMs: 10_000 });
  const first = budget.open();
  const second = budget.open();
  await first.reserve(80);
  const waiting = second.reserve(50);
  await first.reserve(40);
  assert.equal(budget.bytesUsed, 80, 'a smaller total gives nothing back');
  first.release();
  await waiting;
  assert.equal(budget.bytesUsed, 50);
  second.release();
  assert.equal(budget.bytesUsed, 0);
});

test('a holder that waits too long is refused and told when to come back', async () => {
  const budget = new MemoryBudget({ bytesMax: 100, waitMs: 5 });
  await budget.open().reserve(80);
  await assert.rejects(budget.open().reserve(50), {
    type: 'serviceUnavailable',
    headers: { 'Retry-After': '10' },
  });
});

test('more than the whole budget is refused at once', async () => {
  const budget = new MemoryBudget({ bytesMax: 100, waitMs: 10_000 });
  await assert.rejects(budget.open().reserve(101), { type: 'payloadTooLarge' });
});

test('a holder that is released while it waits is refused', async () => {
  const budget = new MemoryBudget({ bytesMax: 100, waitMs: 10_000 });
  await budget.open().reserve(100);
  const waiting = budget.open();
  const reserving = waiting.reserve(10);
  waiting.release();
  await assert.rejects(reserving, { type: 'serviceUnavailable' });
  assert.equal(budget.bytesUsed, 100);
});
