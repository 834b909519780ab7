import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBytes, formatSeconds } from '../text.ts';
import { sendingRate } from './sending-rate.ts';

test('lines, their rate and the time that is left follow from the bytes', () => {
  const rate = sendingRate({ sentBytes: 250, totalBytes: 1_000, elapsedMs: 2_000, lineCount: 100 });
  assert.deepEqual(rate, { share: 0.25, lines: 25, linesPerSecond: 13, remainingSeconds: 6 });
});

test('before it has settled, and without a count of lines, no rate is claimed', () => {
  const early = sendingRate({ sentBytes: 250, totalBytes: 1_000, elapsedMs: 100, lineCount: 100 });
  assert.equal(early.linesPerSecond, undefined);
  assert.equal(early.remainingSeconds, undefined);
  const packed = sendingRate({ sentBytes: 500, totalBytes: 1_000, elapsedMs: 1_000, lineCount: undefined });
  assert.deepEqual(packed, { share: 0.5, lines: undefined, linesPerSecond: undefined, remainingSeconds: 1 });
});

test('amounts are said shortly', () => {
  assert.deepEqual([0, 999, 1_000, 1_234_567].map(formatBytes), ['0 B', '999 B', '1.0 kB', '1.2 MB']);
  assert.deepEqual([5, 95].map(formatSeconds), ['5 s', '1 min 35 s']);
});
