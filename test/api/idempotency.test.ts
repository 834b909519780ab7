import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { createGatedReader } from '../support/gated-reader.ts';
import { giveCustomers, importBody, plainCustomers } from './import-data.ts';

/** Longer than the lease of a claim. */
const deadMs = 61_000;

forEachEngine((engine) => {
  const gated = createGatedReader();
  let bank: TestApp;

  before(async () => {
    bank = await startTestApp(engine, { listReader: gated.listReader });
    await bank.jobs.start();
    await giveCustomers(bank, plainCustomers(5));
  });
  after(async () => {
    await bank.close();
    await gated.listReader.close();
  });

  const send = (key: string, json: Record<string, unknown>, query = '', headers: Record<string, string> = {}) =>
    bank.send({
      method: 'POST',
      url: `/service/importedCustomerAudiences${query}`,
      json,
      headers: { 'idempotency-key': key, ...headers },
    });
  const count = async () => (await bank.send({ url: '/service/customerAudiences?limit=0' })).json().count;
  const records = (key: string) =>
    bank.database.asOperator((tx) =>
      tx.db.selectFrom('idempotency_record').selectAll().where('key', '=', key).execute(),
    );

  test('the same request again gets the stored answer and makes nothing', async () => {
    const body = importBody('900000001\nabc');
    const first = await send('again', body);
    assert.equal(first.statusCode, 201, first.body);
    assert.equal(first.headers['idempotency-replayed'], undefined);
    const made = await count();
    const second = await send('again', body);
    assert.equal(second.statusCode, 201);
    assert.equal(second.headers['idempotency-replayed'], 'true');
    assert.equal(second.headers.location, first.headers.location);
    assert.equal(second.headers.etag, first.headers.etag);
    assert.deepEqual(second.json(), first.json());
    assert.equal(await count(), made);
    // A replay writes nothing into the audit trail; the import did once.
    const entries = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('audit_entry').select('resource').where('resource', '=', first.json().id).execute(),
    );
    assert.equal(entries.length, 1);
  });

  test('an accepted import is replayed as accepted', async () => {
    const prefer = { prefer: 'respond-async' };
    const body = importBody('900000001');
    const first = await send('accepted', body, '', prefer);
    assert.equal(first.statusCode, 202, first.body);
    const second = await send('accepted', body, '', prefer);
    assert.equal(second.statusCode, 202);
    assert.equal(second.headers['idempotency-replayed'], 'true');
    assert.deepEqual(second.json(), first.json());
  });

  test('another body, query or operation under the key is refused, and the first answer stays', async () => {
    const body = importBody('900000001');
    const first = await send('reused', body);
    const others = [
      await send('reused', { ...body, name: 'Another' }),
      await send('reused', { ...body, content: Buffer.from('900000002').toString('base64') }),
      await send('reused', body, '?dryRun=false'),
      await bank.send({
        method: 'POST',
        url: `/service/archivedCustomerAudiences?customerAudience=${first.json().id}`,
        headers: { 'idempotency-key': 'reused' },
      }),
    ];
    for (const other of others) {
      assert.equal(other.statusCode, 422, other.body);
      assert.match(other.json().type, /\/errors\/idempotencyKeyReused\/v1\.0\.0$/);
    }
    assert.equal((await send('reused', body)).headers['idempotency-replayed'], 'true');
  });

  test('a key belongs to its principal and institution', async () => {
    const body = importBody('900000001');
    const headers = { 'idempotency-key': 'mine' };
    const url = '/service/importedCustomerAudiences';
    const own = await bank.send({ method: 'POST', url, json: body, headers });
    const token = await bank.createToken({ scopes: ['bankingAdmin/write'] });
    const colleague = await bank.send({ method: 'POST', url, json: body, headers, token });
    const stranger = await bank.send({ method: 'POST', url, json: body, headers, token: bank.tokens.other });
    // Each is carried out for itself: the name is taken, and the other institution has no customers.
    assert.deepEqual([own.statusCode, colleague.statusCode, stranger.statusCode], [201, 409, 422]);
    assert.match(colleague.json().type, /audienceNameTaken/);
    assert.match(stranger.json().type, /noCustomersMatched/);
  });

  test('a refusal is not stored: the key is free again', async () => {
    const body = importBody('999999998');
    assert.equal((await send('refused', body)).statusCode, 422);
    assert.equal((await send('refused', { ...body, content: '!' })).statusCode, 400);
    assert.deepEqual(await records('refused'), []);
    const cured = await send('refused', { ...body, content: Buffer.from('900000001').toString('base64') });
    assert.equal(cured.statusCode, 201, cured.body);
  });

  test('a dry run ignores the key', async () => {
    const body = importBody('900000001');
    const prefer = { prefer: 'return=representation' };
    assert.equal((await send('dry', body, '?dryRun=true', prefer)).statusCode, 200);
    assert.deepEqual(await records('dry'), []);
    assert.equal((await send('dry', body)).statusCode, 201);
    // It is no replay either: the name is taken now.
    assert.equal((await send('dry', body, '?dryRun=true', prefer)).statusCode, 409);
  });

  test('a key that is none is refused', async () => {
    const bad = ['', 'a b', 'k'.repeat(256), 'k/1', 'k\u00fc'];
    for (const key of bad) assert.equal((await send(key, importBody('900000001'))).statusCode, 400, key);
    assert.equal((await send(`${'k'.repeat(240)}-_.$:~+=`, importBody('900000001'))).statusCode, 201);
  });

  test('streamed bodies: the fields and the bytes are the request, the boundary is not', async () => {
    const form = (boundary: string, name: string, text: string) =>
      bank.send({
        method: 'POST',
        url: '/service/importedCustomerAudiences',
        headers: { 'content-type': `multipart/form-data; boundary=${boundary}`, 'idempotency-key': 'form' },
        payload: formBody(boundary, { identifierType: 'taxIdNumber', name }, text),
      });
    const first = await form('one', 'By form, once', '900000001\n');
    assert.equal(first.statusCode, 201, first.body);
    const again = await form('two', 'By form, once', '900000001\n');
    assert.equal(again.headers['idempotency-replayed'], 'true', again.body);
    assert.equal(again.json().id, first.json().id);
    assert.equal((await form('three', 'By form, twice', '900000001\n')).statusCode, 422);
    assert.equal((await form('four', 'By form, once', '900000002\n')).statusCode, 422);

    const csv = (query: string, text: string) =>
      bank.send({
        method: 'POST',
        url: `/service/importedCustomerAudiences?${query}`,
        headers: { 'content-type': 'text/csv', 'idempotency-key': 'csv' },
        payload: text,
      });
    const query = 'identifierType=taxIdNumber&fileName=a.csv&name=Streamed';
    assert.equal((await csv(query, '900000001\n')).statusCode, 201);
    // The order of the parameters says nothing.
    const sorted = await csv('name=Streamed&fileName=a.csv&identifierType=taxIdNumber', '900000001\n');
    assert.equal(sorted.headers['idempotency-replayed'], 'true', sorted.body);
    assert.equal((await csv(query, '900000002\n')).statusCode, 422);
    assert.equal((await csv(query.replace('a.csv', 'b.csv'), '900000001\n')).statusCode, 422);
  });

  test('the same key twice at once: one is carried out, the other told to come back', async () => {
    const gate = gated.hold('stage');
    const body = importBody('900000001');
    const first = send('twice', body);
    await gate.reached;
    const second = await send('twice', body);
    gate.release();
    assert.equal(second.statusCode, 409);
    assert.match(second.json().type, /\/errors\/conflict\/v1\.0\.0$/);
    assert.match(String(second.headers['retry-after']), /^\d+$/);
    const done = await first;
    assert.equal(done.statusCode, 201, done.body);
    const third = await send('twice', body);
    assert.deepEqual(third.json(), done.json());
    assert.equal(third.headers['idempotency-replayed'], 'true');
  });

  test('many at once: exactly one is carried out', async () => {
    const body = importBody('900000001');
    const made = await count();
    const answers: LightMyRequestResponse[] = await Promise.all(Array.from({ length: 6 }, () => send('many', body)));
    for (const answer of answers) assert.ok([201, 409].includes(answer.statusCode), answer.body);
    const done = answers.filter((answer) => answer.statusCode === 201);
    assert.ok(done.length > 0);
    assert.equal(new Set(done.map((answer) => answer.json().id)).size, 1);
    assert.equal(await count(), made + 1);
  });

  test('a claim of which nothing is heard is taken over, and its late owner changes nothing', async () => {
    const gate = gated.hold('stage');
    const body = importBody('900000001');
    const silent = send('taken-over', body);
    await gate.reached;
    bank.clock.advance(deadMs);
    const heir = await send('taken-over', body);
    assert.equal(heir.statusCode, 201, heir.body);
    const made = await count();
    gate.release();
    // By then the name is taken, or the claim lost: nothing of it may stay in either case.
    assert.equal((await silent).statusCode, 409);
    assert.equal(await count(), made);
    const replay = await send('taken-over', body);
    assert.equal(replay.headers['idempotency-replayed'], 'true');
    assert.equal(replay.json().id, heir.json().id);
  });

  test('an edit whose claim was lost is not carried out twice', async () => {
    const audience = (await send('edited', importBody('900000001'))).json();
    const edit = () =>
      bank.send({
        method: 'POST',
        url: `/service/customerAudiences/${audience.id}/importedCustomers`,
        json: {
          identifierType: 'taxIdNumber',
          fileName: 'more.csv',
          mode: 'add',
          content: Buffer.from('900000002').toString('base64'),
        },
        headers: { 'idempotency-key': 'edit' },
      });
    const gate = gated.hold('stage');
    const silent = edit();
    await gate.reached;
    bank.clock.advance(deadMs);
    assert.equal((await edit()).json().version, 2);
    gate.release();
    const late = await silent;
    assert.equal(late.statusCode, 409, late.body);
    assert.match(late.json().type, /\/errors\/conflict\//);
    const now = (await bank.send({ url: `/service/customerAudiences/${audience.id}` })).json();
    assert.deepEqual([now.version, now.customerCount], [2, 2]);
  });
});

function formBody(boundary: string, fields: Record<string, string>, content: string): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file = `--${boundary}\r\ncontent-disposition: form-data; name="content"; filename="a.csv"\r\n\r\n${content}\r\n`;
  return `${parts.join('')}${file}--${boundary}--\r\n`;
}
