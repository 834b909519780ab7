import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type Role, scopes } from '../../src/modules/access/index.ts';
import { createListReader, type ListReader } from '../../src/modules/imports/reading/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { createGatedReader, type GatedReader } from '../support/gated-reader.ts';
import type { TestPrincipal } from '../support/test-principals.ts';
import { seedAudience } from './audience-data.ts';
import { giveCustomers, importBody, importList, plainCustomers } from './import-data.ts';

const csvQuery = 'identifierType=taxIdNumber&fileName=list.csv';
const respondAsync = { prefer: 'respond-async' };

/** Gives a person other roles, as the people's module does: the change, then `forget`. */
async function setRoles(bank: TestApp, who: TestPrincipal, roles: readonly Role[]): Promise<void> {
  await bank.database.asOperator((tx) =>
    tx.db
      .updateTable('user_grant')
      .set({ roles: [...roles] })
      .where('user_account_id', '=', who.principalId)
      .execute(),
  );
  bank.access.forget(who.principalId);
}

async function trailOf(bank: TestApp, who: TestPrincipal) {
  return await bank.database.inInstitution(institutionId, async (tx) => {
    const rows = await tx.db
      .selectFrom('audit_entry')
      .select(['operation', 'outcome', 'detail'])
      .where('institution_id', '=', institutionId)
      .where('principal_id', '=', who.principalId)
      // Lists as short as these raise one.
      .where('operation', '<>', 'importAlarm')
      .orderBy('sequence')
      .execute();
    // What says `missing` was refused at the door, before any work began.
    return rows.map(
      ({ operation, outcome, detail }) => `${operation} ${'missing' in detail ? 'at the door' : outcome}`,
    );
  });
}

async function importsOf(bank: TestApp) {
  return (await bank.send({ url: '/service/customerAudienceImports?limit=1000' })).json().items;
}

forEachEngine((engine) => {
  let bank: TestApp;
  let gated: GatedReader;
  const person = (...roles: Role[]) => bank.createPrincipal({ scopes, roles, kind: 'person' });

  before(async () => {
    gated = createGatedReader();
    bank = await startTestApp(engine, { listReader: gated.listReader });
    await giveCustomers(bank, plainCustomers(10));
  });
  after(async () => {
    await bank.close();
    await gated.listReader.close();
  });

  /** Sends a body whose end waits until the sender has lost a right. */
  async function interrupted(
    url: string,
    who: TestPrincipal,
    { begun, take }: { begun: () => Promise<boolean>; take: () => Promise<void> },
  ) {
    const body = new PassThrough();
    const answer = bank.send({
      method: 'POST',
      url,
      token: who.token,
      headers: { 'content-type': 'text/csv' },
      payload: body,
    });
    body.write('900000001\n');
    const giveUpAt = Date.now() + 60_000;
    while (!(await begun())) {
      assert.ok(Date.now() < giveUpAt, 'the body is not being read');
      await delay(5);
    }
    await take();
    bank.clock.advance(1_100);
    // It is answered though more would come.
    body.write('900000002\n');
    const answered = await answer;
    body.end();
    return answered;
  }

  test('a role that is taken away stops an upload at its next chunk, and nothing of it is kept', async () => {
    const analyst = await person('analyst');
    const before = (await importsOf(bank)).length;
    const url = `/service/importedCustomerAudiences?${csvQuery}&name=Interrupted`;
    const answer = await interrupted(url, analyst, {
      begun: async () => gated.openSessions() === 1,
      take: () => setRoles(bank, analyst, ['viewer']),
    });
    assert.equal(answer.statusCode, 403, answer.body);
    assert.match(answer.json().type, /\/forbidden\//);
    assert.equal((await importsOf(bank)).length, before);
    assert.equal((await bank.send({ url: '/service/customerAudiences?name=Interrupted' })).json().count, 0);
    assert.deepEqual(await trailOf(bank, analyst), ['createImportedCustomerAudience denied']);
    assert.equal(gated.openSessions(), 0);
  });

  test('who is no administrator any more edits no audience of others by an upload that runs', async () => {
    const both = await person('analyst', 'administrator');
    const { id } = await seedAudience(bank, { name: 'Of somebody else', members: [0], by: 'somebody' });
    const body = new PassThrough();
    const answer = bank.send({
      method: 'POST',
      url: `/service/customerAudiences/${id}/importedCustomers?${csvQuery}&mode=add`,
      token: both.token,
      headers: { 'content-type': 'text/csv' },
      payload: body,
    });
    body.write('900000001\n');
    while (gated.openSessions() === 0) await delay(5);
    await setRoles(bank, both, ['analyst']);
    body.end('900000002\n');
    assert.equal((await answer).statusCode, 404, (await answer).body);
    assert.equal((await bank.send({ url: `/service/customerAudiences/${id}` })).json().version, 1);
  });

  test('an application that is disabled while its list is staged publishes nothing', async () => {
    const client = await bank.createPrincipal({ scopes, roles: ['analyst'] });
    for (const headers of [{}, respondAsync]) {
      await bank.database.asOperator((tx) =>
        tx.db.updateTable('application').set({ state: 'active' }).where('id', '=', client.principalId).execute(),
      );
      bank.access.forget(client.principalId);
      const before = (await importsOf(bank)).length;
      const gate = gated.hold('stage');
      const answer = importList(bank, '900000001', {}, { token: client.token, headers });
      await gate.reached;
      await bank.database.asOperator((tx) =>
        tx.db.updateTable('application').set({ state: 'disabled' }).where('id', '=', client.principalId).execute(),
      );
      bank.access.forget(client.principalId);
      gate.release();
      const { statusCode, headers: answered } = await answer;
      assert.equal(statusCode, 401);
      assert.match(String(answered['www-authenticate']), /invalid_token/);
      assert.equal((await importsOf(bank)).length, before);
    }
    const denied = 'createImportedCustomerAudience denied';
    assert.deepEqual(await trailOf(bank, client), [denied, denied]);
  });

  test('a load stops too, and the base is as it was', async () => {
    const administrator = await person('administrator');
    const count = async () => (await bank.send({ url: '/service/customers?limit=0' })).json().count;
    const before = await count();
    const url = '/service/customerLoads?mode=upsert';
    const answer = await interrupted(url, administrator, {
      begun: async () => (await bank.send({ url: '/service/customerLoads?limit=0' })).json().count === 1,
      take: () => setRoles(bank, administrator, ['analyst']),
    });
    assert.equal(answer.statusCode, 403, answer.body);
    assert.equal(await count(), before);
    const [load] = (await bank.send({ url: '/service/customerLoads' })).json().items;
    assert.deepEqual([load.state, load.createdBy], ['failed', administrator.principalId]);
    assert.deepEqual(await trailOf(bank, administrator), ['createCustomerLoad denied']);
  });

  test('a stream of progress ends with the problem', async () => {
    const analyst = await person('analyst');
    const { id } = (await importList(bank, '900000001', {}, { token: analyst.token })).json().import;
    await bank.database.asOperator((tx) =>
      tx.db.updateTable('import').set({ state: 'staged' }).where('id', '=', id).execute(),
    );
    const url = `/service/customerAudienceImports/${id}/progress`;
    // Answered with its first event.
    const stream = await bank.send({ url, token: analyst.token, payloadAsStream: true });
    await setRoles(bank, analyst, []);
    bank.clock.advance(1_100);
    const events = (await text(stream.stream())).trim().split('\n\n');
    const last = events.at(-1) ?? '';
    assert.match(last, /^event: problem\ndata: \{/);
    assert.equal(JSON.parse(last.slice(last.indexOf('{'))).status, 403);
    assert.deepEqual((await trailOf(bank, analyst)).slice(1), ['watchCustomerAudienceImport denied']);
  });
});

forEachEngine((engine) => {
  /** A bank whose job waits before it reads what was staged. */
  async function bankWithHeldJob() {
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const inner = createListReader({ workers: 1 });
    let opened = 0;
    const listReader: ListReader = {
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
    const bank = await startTestApp(engine, { listReader });
    await bank.jobs.start();
    await giveCustomers(bank, plainCustomers(3));
    return {
      bank,
      reached: reached.promise,
      release: gate.resolve,
      async [Symbol.asyncDispose]() {
        gate.resolve();
        await bank.close();
        await inner.close();
      },
    };
  }

  test('a queued import whose maker lost the right fails, and nothing of it appears', async () => {
    await using held = await bankWithHeldJob();
    const { bank, reached, release } = held;
    const analyst = await bank.createPrincipal({ scopes, roles: ['analyst'], kind: 'person' });
    const order = { token: analyst.token, headers: respondAsync };
    const { id } = (await importList(bank, '900000001', {}, order)).json();
    await reached;
    await setRoles(bank, analyst, ['viewer']);
    release();
    await bank.jobs.stop({ timeoutMs: 60_000 });
    const body = (await bank.send({ url: `/service/customerAudienceImports/${id}` })).json();
    assert.deepEqual([body.state, body.problem?.type], ['failed', 'forbidden']);
    assert.equal((await bank.send({ url: '/service/customerAudiences?limit=0' })).json().count, 0);
    const stage = await bank.database.asOperator((tx) => tx.db.selectFrom('import_stage').selectAll().execute());
    assert.deepEqual(stage, []);
    assert.deepEqual(await trailOf(bank, analyst), ['createImportedCustomerAudience done', 'import-match denied']);
  });

  test('a queued import of somebody who was signed out everywhere since fails', async () => {
    await using held = await bankWithHeldJob();
    const { bank, reached, release } = held;
    const analyst = await bank.createPrincipal({ scopes, roles: ['analyst'], kind: 'person' });
    const order = { token: analyst.token, headers: respondAsync };
    const { id } = (await importList(bank, '900000001', {}, order)).json();
    await reached;
    const url = `/service/userAccounts/${analyst.principalId}/endedSessions`;
    assert.equal((await bank.send({ method: 'POST', url })).statusCode, 200);
    release();
    await bank.jobs.stop({ timeoutMs: 60_000 });
    const body = (await bank.send({ url: `/service/customerAudienceImports/${id}` })).json();
    assert.deepEqual([body.state, body.problem?.type], ['failed', 'unauthorized']);
  });

  test('who is no administrator any more edits no audience of others by a waiting job', async () => {
    await using held = await bankWithHeldJob();
    const { bank, reached, release } = held;
    const both = await bank.createPrincipal({ scopes, roles: ['analyst', 'administrator'], kind: 'person' });
    const audience = await seedAudience(bank, { name: 'Of another', members: [0], by: 'somebody' });
    const { name: _name, ...list } = importBody('900000002', { mode: 'add' });
    const accepted = await bank.send({
      method: 'POST',
      url: `/service/customerAudiences/${audience.id}/importedCustomers`,
      token: both.token,
      headers: respondAsync,
      json: list,
    });
    assert.equal(accepted.statusCode, 202, accepted.body);
    await reached;
    await setRoles(bank, both, ['analyst']);
    release();
    await bank.jobs.stop({ timeoutMs: 60_000 });
    const body = (await bank.send({ url: `/service/customerAudienceImports/${accepted.json().id}` })).json();
    assert.deepEqual([body.state, body.problem?.type], ['failed', 'notFound']);
    assert.equal((await bank.send({ url: `/service/customerAudiences/${audience.id}` })).json().customerCount, 1);
  });
});
