import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawnPoints, momentFormat } from './size-points.ts';

const first = { madeAt: '2026-01-01T09:00:00.000Z', customerCount: 5 };
const second = { madeAt: '2026-01-03T09:00:00.000Z', customerCount: 7 };

test('the line of sizes goes on to the present', () => {
  const now = Date.parse('2026-02-01T00:00:00.000Z');
  assert.deepEqual(drawnPoints([first, second], now).at(-1), { at: now, customerCount: 7 });
  assert.deepEqual(drawnPoints([], now), []);
});

test('a clock that is behind draws no line back', () => {
  assert.equal(drawnPoints([second], 0).at(-1)?.at, Date.parse(second.madeAt));
});

test('moments of one day are told apart by the time of day, others by the day', () => {
  const sameDay = drawnPoints([first], Date.parse(first.madeAt) + 60_000);
  assert.match(momentFormat(sameDay)(sameDay[0]?.at ?? 0), /:\d\d/);
  const apart = drawnPoints([first, second], Date.parse(second.madeAt));
  assert.match(momentFormat(apart)(Date.parse('2026-01-03T12:00:00.000Z')), /Jan 3/);
});
