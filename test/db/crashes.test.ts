import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenDatabase } from '../../src/db/database.ts';
import { openDatabase } from '../../src/db/open.ts';
import { createJobs } from '../../src/jobs/jobs.ts';
import { type Child, startChild } from '../support/child-process.ts';
import { type DatabaseLocation, forEachEngine } from '../support/engines.ts';

const script = new URL('../support/children/busy-server.ts', import.meta.url);
const writesMin = 20;

forEachEngine((engine) => {
  test('kill -9 loses no acknowledged write and leaves no half of one', async () => {
    const location = await engine.freshLocation();
    const child = startChild(script, { ...location, mode: 'write' });
    const acknowledged: unknown[] = [];
    await until(child, (step) => {
      if ('id' in step) acknowledged.push(step.id);
      return acknowledged.length >= writesMin;
    });
    await child.kill();
    await withDatabase(location, async (database) => {
      const rows = await database.asOperator((tx) => tx.db.selectFrom('institution').select('id').execute());
      const found = new Set<unknown>(rows.map(({ id }) => id));
      assert.deepEqual(
        acknowledged.filter((id) => !found.has(id)),
        [],
      );
    });
  });

  test('a transaction of a killed process is rolled back', async () => {
    const location = await engine.freshLocation();
    const child = startChild(script, { ...location, mode: 'hold' });
    await until(child, ({ step }) => step === 'holding');
    await child.kill();
    await withDatabase(location, async (database) => {
      const rows = await database.asOperator((tx) => tx.db.selectFrom('institution').select('id').execute());
      assert.deepEqual(rows, []);
    });
  });

  test('the job of a killed process runs again', async () => {
    const location = await engine.freshLocation();
    const child = startChild(script, { ...location, mode: 'job' });
    await until(child, ({ step }) => step === 'running');
    await child.kill();
    await withDatabase(location, async (database) => {
      // What ten seconds of silence would do.
      await database.asOperator((tx) => tx.client.query(`update pgboss.job set heartbeat_on = 'epoch'`));
      const ran = Promise.withResolvers<unknown>();
      const jobs = createJobs({ database, timing: { pollSeconds: 0.5, superviseSeconds: 1, retrySeconds: 0 } });
      jobs.work('endless', async (data) => ran.resolve(data));
      await jobs.start();
      assert.deepEqual(await ran.promise, { importId: 'i1' });
      await jobs.stop({ timeoutMs: 1_000 });
    });
  });
});

async function withDatabase(
  location: DatabaseLocation,
  work: (database: OpenDatabase) => Promise<void>,
): Promise<void> {
  const database = await openDatabase({ ...location, purpose: 'server' });
  try {
    await work(database);
  } finally {
    await database.close();
  }
}

interface Step {
  readonly step?: unknown;
  readonly id?: unknown;
}

async function until(child: Child, reached: (step: Step) => boolean): Promise<void> {
  for (;;) {
    const step = await child.next();
    if (typeof step === 'object' && step !== null && reached(step)) return;
  }
}
