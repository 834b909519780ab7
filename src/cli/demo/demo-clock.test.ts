import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createDemoClock } from './demo-clock.ts';

const dayMs = 24 * 60 * 60 * 1_000;
const daysAgo = (at: Date) => Math.round((Date.now() - at.getTime()) / dayMs);

test('a new bank begins in the past and comes to the present, never back', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-clock-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const clock = createDemoClock({ dataDir: join(folder, 'data'), weeksAgo: 4 });
  assert.equal(daysAgo(clock.now()), 28);
  assert.equal(clock.isPast, true);
  clock.goTo(2);
  clock.goTo(3);
  assert.equal(daysAgo(clock.now()), 14);
  clock.goTo(0);
  assert.equal(daysAgo(clock.now()), 0);
  assert.equal(clock.isPast, false);
  const later = createDemoClock({ dataDir: folder, weeksAgo: 4 });
  assert.equal(daysAgo(later.now()), 0, 'what an earlier start has made is not before its time');
});
