import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { PassThrough } from 'node:stream';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openEnvelope, sealEnvelope } from '../../src/crypto/envelope.ts';
import { loadFields } from '../../src/modules/customers/index.ts';
import { identifierTypeCode } from '../../src/modules/identifiers/index.ts';
import { totpContext } from '../../src/modules/people/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { importList, load, revealedCustomers } from './customer-data.ts';
import {
  change,
  customerLine,
  envelopeGenerations,
  header,
  keyStates,
  loadCustomers,
  rotate,
  tokenGenerations,
} from './key-rotation-data.ts';

const taxIds = identifierTypeCode('taxIdNumber');
const list = ['960000001', '960000002', '960000002', 'nobody', '960009999', ''];
const customers = 30;

/** A crash in the middle: the transaction of a window is rolled back, and nothing is tidied up. */
class Crash extends Error {}
const crashAt = (window: number) => {
  let seen = 0;
  return {
    windowOrdinals: 7,
    onProgress() {
      seen += 1;
      if (seen === window) throw new Crash();
    },
  };
};

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    await loadCustomers(bank, 1, customers);
  });
  after(() => bank.close());

  const ledgerOf = async () => {
    const { import: imported, customerCount } = await importList(bank, 'taxIdNumber', list);
    const counts = Object.entries(imported).filter(([name]) => /Count$/.test(name));
    return { customerCount, counts: Object.fromEntries(counts) };
  };
  const customersNow = async () => {
    const all = await revealedCustomers(bank);
    return [...all.values()].map(({ givenName, taxIdNumber, accountNumbers, emailAddress }) =>
      JSON.stringify([givenName, taxIdNumber, accountNumbers, emailAddress]),
    );
  };
  /** What callers see who come in the middle of each window of the work, and after it: always the same. */
  async function unchangedWhile<T>(
    work: (onProgress: () => void) => Promise<T>,
  ): Promise<{ ended: T; lookCount: number }> {
    const [ledger, seen] = [await ledgerOf(), await customersNow()];
    const look = async () => {
      assert.deepEqual(await ledgerOf(), ledger);
      assert.deepEqual(await customersNow(), seen);
    };
    // Callers do not stand in the transaction of the window.
    const outside = AsyncLocalStorage.snapshot();
    const looks: Promise<unknown>[] = [];
    const ended = await work(() => {
      looks.push(
        outside(look).then(
          () => 'the same',
          (error: unknown) => error,
        ),
      );
    });
    assert.deepEqual(
      await Promise.all(looks),
      looks.map(() => 'the same'),
    );
    await look();
    return { ended, lookCount: looks.length };
  }

  test('an index key: crash, go on, prove, retire; lists and pages stay what they are', async () => {
    const oldKeys = await bank.keyring.forInstitution(institutionId);
    const before = await ledgerOf();
    await assert.rejects(rotate(bank, { kind: 'index', identifierType: 'taxIdNumber' }, crashAt(3)), Crash);
    assert.deepEqual(await keyStates(bank, 'index', taxIds), ['1 active', '2 active']);
    assert.deepEqual(await tokenGenerations(bank, taxIds), { 1: customers, 2: 14 });
    assert.deepEqual(await ledgerOf(), before);
    const { ended, lookCount } = await unchangedWhile((onProgress) =>
      rotate(bank, { kind: 'index', identifierType: 'taxIdNumber' }, { windowOrdinals: 3, onProgress }),
    );
    assert.equal(lookCount, 6, 'after the 14 customers of before');
    assert.deepEqual([ended.state, ended.generation], ['completed', 2]);
    assert.deepEqual([ended.doneCount, ended.totalCount, ended.leftCount], [customers, customers, 0]);
    assert.deepEqual(await keyStates(bank, 'index', taxIds), ['2 active'], 'the old key is destroyed');
    assert.deepEqual(await tokenGenerations(bank, taxIds), { 2: customers });
    const keys = await bank.keyring.forInstitution(institutionId);
    assert.notDeepEqual(keys.indexKeys(taxIds)[0]?.key, oldKeys.indexKeys(taxIds)[0]?.key);
  });

  test('every other type, from both envelopes: as many tokens as before', async () => {
    for (const identifierType of ['accountNumber', 'emailAddress', 'phoneNumber', 'username'] as const) {
      const tokens = identifierType === 'accountNumber' ? 2 * customers : customers;
      const { state } = await rotate(bank, { kind: 'index', identifierType });
      assert.equal(state, 'completed');
      assert.deepEqual(await tokenGenerations(bank, identifierTypeCode(identifierType)), { 2: tokens });
    }
    const lists = { accountNumber: 'A20007', emailAddress: 'person0007@example.test', username: 'user0007' } as const;
    for (const [type, value] of Object.entries(lists)) {
      assert.equal((await importList(bank, type, [value])).import.matchedCount, 1, type);
    }
  });

  test('the data key: customers, second factors, stored answers and staged lists', async () => {
    const oldKeys = await bank.keyring.forInstitution(institutionId);
    const person = await bank.createPrincipal({ roles: ['analyst'], scopes: ['bankingAdmin/read'], kind: 'person' });
    const secretOf = { institutionId, personId: person.principalId };
    const plaintext = Buffer.from('a secret of an authenticator');
    const sealed = sealEnvelope({ ...oldKeys.dataKey, plaintext, associatedData: totpContext(secretOf) });
    const statement = `update user_account set totp_secret = '\\x${sealed.toString('hex')}' where id = '${person.principalId}'`;
    await change(bank, statement);
    const once = () =>
      bank.send({
        method: 'POST',
        url: '/service/importedCustomerAudiences',
        headers: { 'idempotency-key': 'before-the-rotation' },
        json: {
          identifierType: 'taxIdNumber',
          name: 'Once',
          fileName: 'l.csv',
          content: Buffer.from('960000003').toString('base64'),
        },
      });
    const first = await once();
    assert.equal(first.statusCode, 201, first.body);

    await assert.rejects(rotate(bank, { kind: 'data' }, crashAt(2)), Crash);
    assert.deepEqual(await envelopeGenerations(bank), [
      { 1: customers - 7, 2: 7 },
      { 1: customers - 7, 2: 7 },
    ]);
    const { ended } = await unchangedWhile((onProgress) =>
      rotate(bank, { kind: 'data' }, { windowOrdinals: 3, onProgress }),
    );
    assert.equal(ended.state, 'completed');
    assert.deepEqual(await envelopeGenerations(bank), [{ 2: customers }, { 2: customers }]);
    assert.deepEqual(await keyStates(bank, 'data'), ['1 retired', '2 active']);

    const again = await once();
    assert.deepEqual([again.statusCode, again.json()], [201, first.json()]);
    const { rows } = await bank.database.asOperator((tx) =>
      tx.client.query(`select totp_secret as sealed from user_account where id = '${person.principalId}'`),
    );
    const keys = await bank.keyring.forInstitution(institutionId);
    const open = (keyOf: (generation: number) => Uint8Array) =>
      openEnvelope({ keyOf, sealed: rows[0].sealed, associatedData: totpContext(secretOf) });
    assert.deepEqual(open(keys.dataKeyOf), plaintext);
    assert.throws(() => open(() => oldKeys.dataKey.key), 'the old key opens nothing');
    const { rows: left } = await bank.database.asOperator((tx) =>
      tx.client.query(
        `select 1 from idempotency_record where institution_id = '${institutionId}' and get_byte(sealed_response, 2) = 1`,
      ),
    );
    assert.deepEqual(left, []);
  });

  test('a load that began before is stored under the old key and made anew; one that lasts longer is not stored', async (t) => {
    const begin = (lines: string) => {
      const body = new PassThrough();
      t.after(() => body.destroy());
      const answer = bank.send({
        method: 'POST',
        url: '/service/customerLoads?mode=upsert',
        headers: { 'content-type': 'text/csv' },
        payload: body,
      });
      // More than the buffers on the way hold: when it is gone, the load has its keys. Blank lines are no rows.
      body.write(`${header}\n${lines}\n${'\n'.repeat(400_000)}`);
      return { answer, body };
    };
    const receiving = async ({ body }: { body: PassThrough }) => {
      for (const giveUpAt = Date.now() + 60_000; body.readableLength + body.writableLength > 0; await delay(10)) {
        assert.ok(Date.now() < giveUpAt, 'the load does not begin');
      }
    };
    for (const order of [{ kind: 'data' }, { kind: 'index', identifierType: 'taxIdNumber' }] as const) {
      const early = begin(customerLine(1, 'Early'));
      await receiving(early);
      await assert.rejects(rotate(bank, order, crashAt(2)), Crash);
      early.body.end(customerLine(900 + customers, 'Early'));
      const taken = await early.answer;
      assert.equal(taken.statusCode, 201, taken.body);
      assert.equal((await rotate(bank, order)).state, 'completed');

      const late = begin(customerLine(2, 'Late'));
      await receiving(late);
      assert.equal((await rotate(bank, order)).state, 'completed');
      late.body.end(customerLine(950, 'Late'));
      const refused = await late.answer;
      assert.equal(refused.statusCode, 503, refused.body);
      assert.ok(Number(refused.headers['retry-after']) > 0);
      const names = [...(await revealedCustomers(bank)).values()].map(({ givenName }) => givenName);
      assert.ok(names.includes('Early') && !names.includes('Late'));
    }
    const newest = Number((await keyStates(bank, 'data')).at(-1)?.split(' ')[0]);
    assert.deepEqual(await envelopeGenerations(bank), [{ [newest]: customers + 1 }, { [newest]: customers + 1 }]);
    assert.equal(Object.keys(await tokenGenerations(bank, taxIds)).length, 1);
    assert.equal((await importList(bank, 'taxIdNumber', ['960000001', '960000930'])).import.matchedCount, 2);
  });

  test('a partial load over envelopes of both keys keeps what the rows do not name', async () => {
    await assert.rejects(rotate(bank, { kind: 'data' }, crashAt(3)), Crash);
    await load(bank, ['coreCustomerId,givenName', 'C0003,Partial', 'C0030,Partial']);
    const found = await revealedCustomers(bank);
    for (const id of ['C0003', 'C0030']) {
      assert.deepEqual([found.get(id)?.givenName, found.get(id)?.taxIdNumber], ['Partial', `96000${id.slice(1)}`]);
    }
    assert.equal((await rotate(bank, { kind: 'data' })).state, 'completed');
  });

  test('a customer that cannot be opened: the proof fails, the old key stays; loaded again, the next one goes on', async () => {
    const damaged = `update customer set %s = set_byte(%s, 20, get_byte(%s, 20) # 1) where core_customer_id = 'C0005'`;
    for (const [order, column, purpose, type] of [
      [{ kind: 'data' }, 'profile', 'data', 0],
      [{ kind: 'index', identifierType: 'taxIdNumber' }, 'identifiers', 'index', taxIds],
    ] as const) {
      const before = await keyStates(bank, purpose, type);
      await change(bank, damaged.replaceAll('%s', column));
      const failed = await rotate(bank, order);
      assert.deepEqual([failed.state, failed.failure, failed.leftCount], ['failed', 'unreadable', 1]);
      const added = failed.generation;
      assert.deepEqual(await keyStates(bank, purpose, type), [...before, `${added} active`]);
      assert.deepEqual((await ledgerOf()).customerCount, 2);
      // With every column, or the row would keep what cannot be read.
      const others = loadFields.filter((field) => !header.split(',').includes(field));
      await load(bank, [
        [header, ...others].join(','),
        customerLine(5, `Again ${purpose}`) + ','.repeat(others.length),
      ]);
      const ended = await rotate(bank, order);
      assert.deepEqual([ended.state, ended.generation], ['completed', added], 'no third key');
    }
    assert.equal((await importList(bank, 'taxIdNumber', ['960000005'])).import.matchedCount, 1);
  });

  test('an accepted import that has tokens of the old key only is matched first', async () => {
    const newest = Number((await keyStates(bank, 'index', taxIds)).at(-1)?.split(' ')[0]);
    await change(
      bank,
      `insert into import (institution_id, id, mode, identifier_type, file_name, state, options, key_generations,
        canonicaliser_version, created_at, created_by)
       values ('${institutionId}', 'waiting', 'create', 'taxIdNumber', 'l.csv', 'staged', '{}', '{${newest}}', 1, now(), 'p')`,
    );
    const order = { kind: 'index', identifierType: 'taxIdNumber' } as const;
    const paused = await rotate(bank, order, { sliceMs: 700 });
    assert.equal(paused.state, 'running');
    assert.deepEqual(await keyStates(bank, 'index', taxIds), [`${newest} active`, `${newest + 1} active`]);
    await change(bank, `update import set state = 'completed' where id = 'waiting'`);
    assert.equal((await rotate(bank, order)).state, 'completed');
  });

  test('two that work on one rotation: it ends once', async () => {
    const results = await Promise.all([1, 2].map(() => rotate(bank, { kind: 'data' }, { windowOrdinals: 3 })));
    assert.deepEqual([results[0]?.state, results[1]?.id], ['completed', results[0]?.id]);
    const entries = await bank.database.asOperator((tx) =>
      tx.client.query(`select outcome from audit_entry where resource = '${results[0]?.id}' order by sequence`),
    );
    assert.deepEqual(
      entries.rows.map(({ outcome }) => outcome),
      ['done', 'done'],
      'a start and an end',
    );
  });
});
