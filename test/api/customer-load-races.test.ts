import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import { pino } from 'pino';
import type { Database } from '../../src/db/transaction.ts';
import type { Principal } from '../../src/modules/access/index.ts';
import { type CustomerLoads, createCustomerLoads } from '../../src/modules/customers/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { sendAccounts } from './account-load-data.ts';
import { load, revealedCustomers, sendLoad } from './customer-data.ts';

const principal: Principal = {
  id: 'test-principal',
  kind: 'application',
  name: 'test',
  applicationId: 'test-principal',
  institutionId,
  scopes: new Set(),
  roles: new Set(),
  address: undefined,
};

forEachEngine((engine) => {
  let bank: TestApp;
  let spoolDirectory: string;
  const opened: CustomerLoads[] = [];
  before(async () => {
    bank = await startTestApp(engine);
    spoolDirectory = join(mkdtempSync(join(tmpdir(), 'rollcall-test-')), 'spool');
  });
  after(async () => {
    for (const loads of opened) await loads.close({ timeoutMs: 1_000 });
    await bank.close();
    rmSync(join(spoolDirectory, '..'), { recursive: true, force: true });
  });

  /** Loads over the same database, to which `afterRead` is told of each short transaction that has ended. */
  function loadsWith(
    options: { afterRead?: (ended: number) => Promise<void>; bytesMax?: number; linesMax?: number } = {},
  ) {
    let ended = 0;
    const database: Database = {
      ...bank.database,
      inInstitution: async (institution, work, settings) => {
        const value = await bank.database.inInstitution(institution, work, settings);
        // The renewals of the slot come by the time, so that a slow load has more of them: they are told by this.
        if (settings?.lockTimeoutMs !== undefined) return value;
        ended += 1;
        await options.afterRead?.(ended);
        return value;
      },
    };
    const loads = createCustomerLoads({
      database,
      keyring: bank.keyring,
      clock: bank.clock,
      audit: bank.audit,
      access: { assertStillHolds: async () => {} },
      logger: pino({ level: 'silent' }),
      spoolDirectory,
      limits: { bytesMax: options.bytesMax ?? 1_000_000, linesMax: options.linesMax ?? 1_000 },
    });
    opened.push(loads);
    return (body: string | AsyncIterable<Uint8Array>) =>
      loads.load({
        context: { principal, operation: 'createCustomerLoad', dryRun: false },
        mode: 'upsert',
        format: 'csv',
        ignoreColumns: [],
        confirmRemovals: false,
        respondAsync: false,
        body: typeof body === 'string' ? Readable.from([Buffer.from(body)]) : body,
      });
  }

  const newest = async () => (await bank.send({ url: '/service/customerLoads?limit=1' })).json().items[0];
  const begin = (lines: readonly string[]) => load(bank, lines, { mode: 'replace', query: 'confirmRemovals=true' });
  const statement = async (text: string) =>
    await bank.database.inInstitution(institutionId, async (tx) => void (await sql.raw(text).execute(tx.db)));
  /** After the slot and the terms, the third short transaction reads the customers of whom rows keep something. */
  const afterStoredRead = (work: () => Promise<unknown>) => async (ended: number) => {
    if (ended === 3) await work();
  };

  test('one load of an institution at a time; another institution is not concerned', async (t) => {
    const body = new PassThrough();
    t.after(() => body.destroy());
    const first = bank.send({
      method: 'POST',
      url: '/service/customerLoads?mode=upsert',
      headers: { 'content-type': 'text/csv' },
      payload: body,
    });
    body.write('coreCustomerId,givenName\nA1,Ann\n');
    const receiving = async () => (await bank.send({ url: '/service/customerLoads?state=receiving' })).json().count;
    for (const giveUpAt = Date.now() + 60_000; (await receiving()) === 0; await delay(10)) {
      assert.ok(Date.now() < giveUpAt, 'the first load does not begin');
    }
    const second = await sendLoad(bank, 'coreCustomerId\nA2\n');
    assert.equal(second.statusCode, 409);
    assert.match(second.json().type, /customerLoadInProgress/);
    assert.ok(Number(second.headers['retry-after']) > 0);
    // Accounts belong to the same base.
    assert.match((await sendAccounts(bank, 'accountId\n')).json().type, /customerLoadInProgress/);
    assert.equal((await sendLoad(bank, 'coreCustomerId\nA2\n', { token: bank.tokens.other })).statusCode, 201);
    assert.equal((await bank.send({ url: '/service/customers?coreCustomerId=A1' })).json().count, 0);
    body.end('A3,Cia');
    assert.deepEqual([(await first).statusCode, (await first).json().insertedCount], [201, 2]);
    assert.equal((await sendLoad(bank, 'coreCustomerId\nA2\n')).statusCode, 201);
  });

  test('of loads that begin together one runs, the others are told', async () => {
    const answers = await Promise.all(['B1', 'B2', 'B3'].map((key) => sendLoad(bank, `coreCustomerId\n${key}\n`)));
    const statuses = answers.map((answer) => answer.statusCode).toSorted();
    assert.ok(statuses[0] === 201 && statuses.every((status) => status === 201 || status === 409), String(statuses));
    const stored = (await bank.send({ url: '/service/customers?coreCustomerId=B1%7CB2%7CB3' })).json().count;
    assert.equal(stored, statuses.filter((status) => status === 201).length);
  });

  test('a customer erased while rows that keep something of it were read: nothing is loaded', async () => {
    await begin(['coreCustomerId,givenName,taxIdNumber', 'C1,Ann,960000061', 'C2,Bea,960000062']);
    const id = (await revealedCustomers(bank)).get('C1')?.id;
    const send = loadsWith({
      afterRead: afterStoredRead(() => bank.send({ method: 'DELETE', url: `/service/customers/${id}` })),
    });
    await assert.rejects(send('coreCustomerId,familyName\nC1,Lee\nC2,Fox\nC3,New\n'), { type: 'conflict' });
    const left = await revealedCustomers(bank);
    assert.deepEqual([...left.keys()], ['C2']);
    assert.equal(left.get('C2')?.familyName, undefined);
    const ended = await newest();
    assert.deepEqual([ended.state, ended.problem.type], ['failed', 'conflict']);
    assert.equal((await sendLoad(bank, 'coreCustomerId,familyName\nC1,Lee\nC2,Fox\n')).json().returnedCount, 1);
  });

  test('a load whose slot was taken over does not publish', async () => {
    await begin(['coreCustomerId,givenName', 'D1,Ann']);
    const send = loadsWith({
      afterRead: afterStoredRead(() =>
        statement(`update customer_load set state = 'failed' where state = 'receiving'`),
      ),
    });
    await assert.rejects(send('coreCustomerId,familyName\nD1,Lee\nD2,New\n'), { type: 'conflict' });
    assert.deepEqual([...(await revealedCustomers(bank)).keys()], ['D1']);
  });

  test('a dead process gives its slot up when its lease ends', async () => {
    const { id } = await newest();
    const leave = (lease: string) =>
      statement(`update customer_load set state = 'publishing', lease_until = ${lease} where id = '${id}'`);
    await leave(`now() + interval '1 hour'`);
    assert.equal((await sendLoad(bank, 'coreCustomerId\nE1\n')).statusCode, 409);
    await leave(`now() - interval '1 s'`);
    assert.equal((await sendLoad(bank, 'coreCustomerId\nE1\n')).statusCode, 201);
    const dead = (await bank.send({ url: `/service/customerLoads/${id}` })).json();
    assert.deepEqual([dead.state, dead.problem.type], ['failed', 'serviceUnavailable']);

    // At a start: the embedded engine has one process, so nobody else can be alive.
    await leave(`now() + interval '1 hour'`);
    const loads = createCustomerLoads({
      ...bank,
      logger: pino({ level: 'silent' }),
      spoolDirectory,
      limits: { bytesMax: 1, linesMax: 1 },
    });
    await loads.recover();
    const { state } = (await bank.send({ url: `/service/customerLoads/${id}` })).json();
    assert.equal(state, engine.name === 'embedded' ? 'failed' : 'publishing');
    await leave(`now() - interval '1 s'`);
    await loads.recover();
    assert.equal((await bank.send({ url: `/service/customerLoads/${id}` })).json().state, 'failed');
  });

  test('a body that breaks off leaves nothing: no customer, no file, no running load', async () => {
    const before = (await bank.send({ url: '/service/customers?limit=0' })).json().count;
    const send = loadsWith();
    let filesWhileReading: string[] = ['not looked at'];
    async function* broken() {
      yield Buffer.from('coreCustomerId,givenName\nF1,x\n');
      filesWhileReading = readdirSync(spoolDirectory);
      throw new Error('the client has gone');
    }
    await assert.rejects(send(broken()), { type: 'badRequest' });
    assert.deepEqual(filesWhileReading, []);
    assert.deepEqual(readdirSync(spoolDirectory), []);
    assert.equal(statSync(spoolDirectory).mode & 0o777, 0o700);
    assert.equal((await bank.send({ url: '/service/customers?limit=0' })).json().count, before);
    const ended = await newest();
    assert.deepEqual([ended.state, ended.problem.type], ['failed', 'badRequest']);
    assert.equal((await send('coreCustomerId,givenName\nF2,x\n')).status, 201);
  });

  test('limits of bytes and rows', async () => {
    const send = loadsWith({ bytesMax: 200, linesMax: 3 });
    await assert.rejects(send(`coreCustomerId\n${'x'.repeat(200)}`), { type: 'payloadTooLarge' });
    await assert.rejects(send('coreCustomerId\n1\n2\n3\n4\n'), { type: 'payloadTooLarge' });
    assert.equal((await send('coreCustomerId\n1\n\n2\n3\n')).status, 201);
  });
});
