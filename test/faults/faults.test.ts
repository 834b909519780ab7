import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forEachEngine } from '../support/engines.ts';
import { runFaults } from './fault-run.ts';

// The short version of `npm run faults`: three kills, each in the middle of an import and of a load.
forEachEngine((engine) => {
  test('kill -9 leaves the whole of an import and of a load, or nothing, and the request can be repeated', async () => {
    const location = await engine.freshLocation();
    const size = { customers: 600, lines: 600, loaded: 600 };
    const reports = await runFaults({ location, size, points: 3, together: true });
    assert.deepEqual(
      reports.filter(({ violation }) => violation !== undefined),
      [],
    );
    assert.equal(reports.length, 3);
  });
});
