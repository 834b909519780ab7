import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { createKeyUpkeep } from '../../src/modules/keys/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { change, envelopeGenerations, keyStates, loadCustomers, rotate } from './key-rotation-data.ts';

const url = '/service/keyRotations';
const customers = 12;

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    await loadCustomers(bank, 1, customers);
    await bank.jobs.start();
  });
  after(() => bank.close());

  const post = (json: unknown, more: { url?: string; headers?: Record<string, string>; token?: string } = {}) =>
    bank.send({ method: 'POST', url, json, ...more });
  const ended = async (address: string) => {
    for (const giveUpAt = Date.now() + 60_000; ; await delay(50)) {
      const rotation = (await bank.send({ url: address })).json();
      if (rotation.state !== 'running') return rotation;
      assert.ok(Date.now() < giveUpAt, 'the rotation does not end');
    }
  };
  const audited = async (resource: string) => {
    const { rows } = await bank.database.asOperator((tx) =>
      tx.client.query('select operation, outcome, detail from audit_entry where resource = $1 order by sequence', [
        resource,
      ]),
    );
    return rows;
  };

  test('a job rotates: 202, progress, one of a kind at a time, start and end in the audit trail', async () => {
    const preview = await post(
      { kind: 'data' },
      { url: `${url}?dryRun=true`, headers: { prefer: 'return=representation' } },
    );
    assert.deepEqual([preview.statusCode, preview.json().state], [200, 'running']);
    assert.equal((await post({ kind: 'data' }, { url: `${url}?dryRun=true` })).statusCode, 204);
    assert.equal((await bank.send({ url })).json().count, 0);

    const [started, second] = await Promise.all([
      post({ kind: 'data' }, { headers: { 'idempotency-key': 'once' } }),
      post({ kind: 'index', identifierType: 'username' }),
    ]);
    assert.deepEqual([started.statusCode, second.statusCode], [202, 202], started.body);
    const address = String(started.headers.location);
    const rotation = await ended(address);
    assert.deepEqual(
      [rotation.state, rotation.kind, rotation.generation, rotation.doneCount, rotation.totalCount],
      ['completed', 'data', 2, customers, customers],
    );
    assert.equal((await ended(String(second.headers.location))).identifierType, 'username');
    const replay = await post({ kind: 'data' }, { headers: { 'idempotency-key': 'once' } });
    assert.deepEqual([replay.statusCode, replay.json()], [202, started.json()]);
    assert.deepEqual(await envelopeGenerations(bank), [{ 2: customers }, { 2: customers }]);
    const entries = await audited(rotation.id);
    assert.deepEqual(
      entries.map(({ operation, outcome }) => [operation, outcome]),
      [
        ['createKeyRotation', 'done'],
        ['rotateKey', 'done'],
      ],
    );
    assert.equal(entries[1].detail.doneCount, customers);
  });

  test('a second one of the same key is a conflict that names the first', async () => {
    await change(
      bank,
      `insert into key_rotation (institution_id, id, kind, identifier_type, state, created_at, created_by,
        created_by_kind, lease_until) values ('${institutionId}', 'running1', 'index', 4, 'running', now(), 'p',
        'person', now() + interval '1 hour')`,
    );
    const refused = await post({ kind: 'index', identifierType: 'accountNumber' });
    assert.equal(refused.statusCode, 409);
    assert.equal(refused.json().attributes.keyRotationId, 'running1');
    await change(bank, `update key_rotation set lease_until = now() - interval '1 s' where id = 'running1'`);
  });

  test('a rotation whose process has died is taken up; retired data keys are destroyed after a day; a worn key is said', async () => {
    const log: string[] = [];
    const logger = pino({ base: null }, { write: (line: string) => void log.push(line) });
    const upkeep = createKeyUpkeep({ ...bank, logger });
    await upkeep.run();
    assert.equal((await ended(`${url}/running1`)).state, 'completed');
    assert.deepEqual(await keyStates(bank, 'data'), ['1 retired', '2 active']);
    assert.deepEqual(log, []);

    bank.keyring.countSeals(institutionId, 2, 2 ** 30);
    bank.clock.advance(25 * 60 * 60_000);
    await upkeep.run();
    assert.deepEqual(await keyStates(bank, 'data'), ['2 active']);
    assert.match(log.join(), /retired data keys have been destroyed.*the data key should be rotated/s);
    bank.clock.advance(-25 * 60 * 60_000);
    const { items } = (await bank.send({ url: '/service/keys' })).json();
    const data = items.filter(({ kind }: { kind: string }) => kind === 'data');
    assert.deepEqual([data.length, data[0].rotationDue], [1, true]);
    assert.ok(data[0].sealCount >= 2 ** 30 + 2 * customers, String(data[0].sealCount));
    assert.equal((await rotate(bank, { kind: 'data' })).state, 'completed');
    const after = (await bank.send({ url: '/service/keys' })).json();
    assert.ok(after.items.every(({ rotationDue = false }) => rotationDue === false));
  });

  test('what cannot be asked for', async () => {
    for (const body of [
      {},
      { kind: 'master' },
      { kind: 'index' },
      { kind: 'data', identifierType: 'username' },
      { kind: 'index', identifierType: 'customerId' },
      { kind: 'data', more: true },
    ]) {
      assert.equal((await post(body)).statusCode, 400, JSON.stringify(body));
    }
    assert.equal((await bank.send({ url: `${url}/nothing-here` })).statusCode, 404);
    const analyst = await bank.createToken({ scopes: ['bankingAdmin/read', 'bankingAdmin/write'], roles: ['analyst'] });
    for (const request of [
      { url },
      { url: '/service/keys' },
      { url, method: 'POST', json: { kind: 'data' } },
    ] as const) {
      assert.equal((await bank.send({ ...request, token: analyst })).statusCode, 403);
    }
    const foreign = await bank.send({ url: `${url}/running1`, token: bank.tokens.other });
    assert.equal(foreign.statusCode, 404);
    assert.equal((await bank.send({ url, token: bank.tokens.other })).json().count, 0);
  });

  test('the list: newest first, by pages and filters', async () => {
    const all = (await bank.send({ url })).json();
    assert.equal(all.count, 4);
    const first = (await bank.send({ url: `${url}?limit=3` })).json();
    const rest = (await bank.send({ url: first.nextPage_url })).json();
    assert.deepEqual([...first.items, ...rest.items], all.items);
    assert.equal(rest.nextPage_url, undefined);
    const times = all.items.map(({ createdAt }: { createdAt: string }) => createdAt);
    assert.deepEqual(times, times.toSorted().toReversed());
    assert.equal((await bank.send({ url: `${url}?kind=data&state=completed` })).json().count, 2);
    assert.equal((await bank.send({ url: `${url}?state=failed%7Crunning` })).json().count, 0);
  });
});
