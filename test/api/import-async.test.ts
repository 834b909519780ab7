import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { createListReader, type ListReader } from '../../src/modules/imports/reading/index.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { allLines, countsOf, giveCustomers, importList, memberIds, plainCustomers } from './import-data.ts';

const respondAsync = { headers: { prefer: 'respond-async' } };

forEachEngine((engine) => {
  let bank: TestApp;
  let ids: string[];

  before(async () => {
    bank = await startTestApp(engine);
    await bank.jobs.start();
    ids = await giveCustomers(bank, plainCustomers(10));
  });
  after(() => bank.close());

  async function importOf(id: string) {
    return (await bank.send({ url: `/service/customerAudienceImports/${id}` })).json();
  }

  /** The job runs in the background: its end is what the import says. */
  async function ended(id: string) {
    const giveUpAt = Date.now() + 60_000;
    for (;;) {
      const body = await importOf(id);
      if (!['staged', 'matching'].includes(body.state)) return body;
      assert.ok(Date.now() < giveUpAt, `the import is still ${body.state}`);
      await delay(20);
    }
  }

  test('202 with the import, which ends as a synchronous one does', async () => {
    const accepted = await importList(bank, '900000001\nabc\n900000002\n900000001', {}, respondAsync);
    assert.equal(accepted.statusCode, 202, accepted.body);
    assert.equal(accepted.headers['preference-applied'], 'respond-async');
    const { id } = accepted.json();
    assert.equal(accepted.headers.location, `/service/customerAudienceImports/${id}`);
    const done = await ended(id);
    assert.equal(done.state, 'completed', JSON.stringify(done));
    assert.deepEqual(countsOf(done), [0, 0, 1, 1, 0, 0, 2]);
    assert.deepEqual(await allLines(bank, id), ['1 matched', '2 invalid invalidFormat', '3 matched', '4 duplicate']);
    assert.deepEqual(await memberIds(bank, done.customerAudienceId), ids.slice(0, 2));
  });

  test('a refused one keeps its ledger and says why', async () => {
    const { id } = (await importList(bank, '999999998', {}, respondAsync)).json();
    const done = await ended(id);
    assert.equal(done.state, 'rejected');
    assert.equal(done.problem.type, 'noCustomersMatched');
    assert.deepEqual(await allLines(bank, id), ['1 unmatched']);
  });

  test('a name taken meanwhile ends it as failed', async () => {
    await importList(bank, '900000001', { name: 'Wanted' });
    const { id } = (await importList(bank, '900000002', { name: 'Wanted' }, respondAsync)).json();
    const done = await ended(id);
    assert.equal(done.state, 'failed');
    assert.equal(done.problem.type, 'audienceNameTaken');
  });

  test('progress is told as server-sent events, to the end', async () => {
    const { id } = (await importList(bank, '900000003', {}, respondAsync)).json();
    const stream = await bank.send({ url: `/service/customerAudienceImports/${id}/progress` });
    assert.equal(stream.headers['content-type'], 'text/event-stream');
    const events = stream.body.trim().split('\n\n');
    const last = events.at(-1) ?? '';
    assert.match(last, /^event: end\ndata: \{/);
    assert.equal(JSON.parse(last.slice(last.indexOf('{'))).state, 'completed');
  });

  test('an import that has ended cannot be canceled', async () => {
    const { id } = (await importList(bank, '900000004', {}, respondAsync)).json();
    await ended(id);
    const late = await bank.send({ method: 'DELETE', url: `/service/customerAudienceImports/${id}` });
    assert.equal(late.statusCode, 409);
  });
});

forEachEngine((engine) => {
  test('an import that is being matched can be canceled, and nothing of it appears', async (t) => {
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const inner = createListReader({ workers: 1 });
    t.after(() => inner.close());
    let opened = 0;
    const listReader: ListReader = {
      // The first session reads the request; the job's waits until the test lets it go on.
      async open() {
        opened += 1;
        if (opened > 1) {
          reached.resolve();
          await gate.promise;
        }
        return await inner.open();
      },
      close: () => inner.close(),
    };
    await using bank = await startTestApp(engine, { listReader });
    await bank.jobs.start();
    await giveCustomers(bank, plainCustomers(3));
    const { id } = (await importList(bank, '900000001', {}, respondAsync)).json();
    await reached.promise;
    const canceled = await bank.send({ method: 'DELETE', url: `/service/customerAudienceImports/${id}` });
    assert.equal(canceled.statusCode, 204, canceled.body);
    gate.resolve();
    await bank.jobs.stop({ timeoutMs: 60_000 });
    const body = (await bank.send({ url: `/service/customerAudienceImports/${id}` })).json();
    assert.equal(body.state, 'canceled');
    const failures = bank.log.filter((line) => Number(JSON.parse(line).level) >= 50);
    assert.deepEqual(failures, [], 'a canceled job is no failure');
    assert.equal((await bank.send({ url: '/service/customerAudiences?limit=0' })).json().count, 0);
    const stage = await bank.database.asOperator((tx) => tx.db.selectFrom('import_stage').selectAll().execute());
    assert.deepEqual(stage, []);
  });
});
