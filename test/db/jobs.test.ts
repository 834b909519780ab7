import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { OpenDatabase } from '../../src/db/database.ts';
import { createJobs, type Jobs } from '../../src/jobs/jobs.ts';
import { forEachEngine } from '../support/engines.ts';

const timing = { pollSeconds: 0.5, heartbeatSeconds: 10, superviseSeconds: 1, retrySeconds: 0 };

forEachEngine((engine) => {
  let database: OpenDatabase;
  before(async () => {
    database = await engine.freshDatabase();
  });

  describe('jobs', () => {
    const runs: unknown[] = [];
    const failures: unknown[] = [];
    const looked = Promise.withResolvers<void>();
    let jobs: Jobs;
    let finishSlow: () => void = () => {};
    let arrived: (run: unknown) => void = () => {};

    before(async () => {
      jobs = createJobs({ database, timing, onFailure: (failure) => failures.push(failure) });
      jobs.work('quick', async (data) => {
        runs.push(data);
        arrived(data);
      });
      jobs.work('slow', async (data) => {
        runs.push(data);
        arrived(data);
        await new Promise<void>((resolve) => {
          finishSlow = resolve;
        });
      });
      jobs.work('broken', async () => {
        if (failures.length === 0) throw new TypeError('value 123-45-6789');
        arrived('retried');
        await looked.promise;
      });
      await jobs.start();
    });
    after(() => jobs.stop({ timeoutMs: 1_000 }));

    function nextRun(): Promise<unknown> {
      return new Promise((resolve) => {
        arrived = resolve;
      });
    }

    async function enqueue(queue: string, data: object, singletonKey = 'one'): Promise<void> {
      await database.inInstitution('ALPHA', (tx) => jobs.enqueue(tx, queue, data, { singletonKey }));
      jobs.wake(queue);
    }

    test('a job runs once its transaction has committed', async () => {
      const run = nextRun();
      await enqueue('quick', { importId: 'i1' });
      assert.deepEqual(await run, { importId: 'i1' });
    });

    test('a job of a transaction that rolls back never runs', async () => {
      const { count } = await database.inInstitution(
        'ALPHA',
        async (tx) => {
          await jobs.enqueue(tx, 'quick', { importId: 'no' }, { singletonKey: 'no' });
          const { rows } = await tx.client.query(
            `select count(*)::int as count from pgboss.job where singleton_key = 'no'`,
          );
          return rows[0];
        },
        { rollBack: true },
      );
      assert.equal(count, 1);
      const stored = await storedJobs(`singleton_key = 'no'`);
      assert.deepEqual(stored, []);
    });

    test('of one key one runs and one waits; the next is dropped', async () => {
      const first = nextRun();
      await enqueue('slow', { run: 1 });
      assert.deepEqual(await first, { run: 1 });
      const second = nextRun();
      await enqueue('slow', { run: 2 });
      await enqueue('slow', { run: 3 });
      const states = await storedJobs(`name = 'slow'`);
      assert.deepEqual(states.map(({ state }) => state).sort(), ['active', 'created']);
      finishSlow();
      jobs.wake('slow');
      assert.deepEqual(await second, { run: 2 });
      finishSlow();
    });

    test('a failed run is tried again, and what is stored of the error quotes no value', async () => {
      const retried = nextRun();
      await enqueue('broken', {});
      await retried;
      assert.equal(failures.length, 1);
      const stored = JSON.stringify(await storedJobs(`name = 'broken'`));
      looked.resolve();
      assert.match(stored, /TypeError/);
      assert.doesNotMatch(stored, /123-45/);
    });

    test('a queue that nobody works on takes no job', async () => {
      await assert.rejects(enqueue('nobody', {}), /no work on queue nobody/);
    });

    async function storedJobs(where: string): Promise<{ state: string; output: unknown }[]> {
      return await database.asOperator(async (tx) => {
        const { rows } = await tx.client.query(`select state::text, output from pgboss.job where ${where}`);
        return rows;
      });
    }
  });
});
