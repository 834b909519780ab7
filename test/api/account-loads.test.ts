import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { scopes } from '../../src/modules/access/index.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import {
  accountCounts,
  customerVersion,
  loadAccounts,
  sendAccounts,
  storedAccounts,
  storedMeasures,
} from './account-load-data.ts';
import { load, revealedCustomers, sendLoad } from './customer-data.ts';

const header = 'accountId,coreCustomerIds,productType,balance,openedOn,closedOn';
const dayMs = 86_400_000;
const [savings, checking, cd, loan, creditCard] = [1, 2, 4, 16, 32];

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(async () => await bank.close());

  /** A base of these customers and no account. */
  const begin = async (...ids: string[]) => {
    await load(bank, ['coreCustomerId', ...ids], { mode: 'replace', query: 'confirmRemovals=true' });
    await loadAccounts(bank, ['accountId'], { mode: 'replace', query: 'confirmRemovals=true' });
  };
  const day = (fromToday: number) =>
    new Date(bank.clock.now().getTime() + fromToday * dayMs).toISOString().slice(0, 10);
  const lines = (parts: { field?: string; reason: string; recordNumbers: number[] }[]) =>
    parts.map(({ field = '', reason, recordNumbers }) => [field, reason, ...recordNumbers]);

  test('accounts become measures of their owners, each of whom has the whole balance', async () => {
    await begin('A1', 'A2', 'A3');
    const body = await loadAccounts(bank, [
      header,
      '0012-0045,A1,savings,1200.50,2010-05-01,',
      '00120046,A1|A2,checking,-20.00,2001-01-31,',
      '00120047,A2,loan,250000.00,2019-02-28,',
      '00120048,A2,creditCard,10.01,2020-02-29,',
      '00120049,A1,cd,99.99,,',
    ]);
    assert.deepEqual(accountCounts(body), [5, 0, 0, 0, 0]);
    assert.deepEqual([body.lineCount, body.state, body.invalidReasons, body.invalidCells], [5, 'completed', [], []]);
    assert.equal('returnedCount' in body, false);
    assert.deepEqual(await storedMeasures(bank), {
      A1: [3, savings + checking + cd, 120050 - 2000 + 9999, 0, '2001-01-31', '2010-05-01'],
      A2: [3, checking + loan + creditCard, -2000, 25_000_000 + 1001, '2001-01-31', '2020-02-29'],
    });
    assert.deepEqual(await storedAccounts(bank), [6, 5, 0]);
    assert.deepEqual((await bank.send({ url: `/service/accountLoads/${body.id}` })).json(), body);
    assert.equal((await bank.send({ url: `/service/customerLoads/${body.id}` })).statusCode, 404);
  });

  test('the same again changes nothing, however an account is written; a change reaches old and new owners', async () => {
    await begin('B1', 'B2', 'B3');
    const file = [header, 'B-1,B1|B2,savings,100.00,2010-01-01,', 'b2,B2,loan,50.00,2011-01-01,'];
    await loadAccounts(bank, file);
    const version = await customerVersion(bank);
    const again = [header, ' b1 ,B2|B1|B2,savings,100,2010-01-01,', '="B 2",B2,loan,50,2011-01-01,'];
    const same = await loadAccounts(bank, again);
    assert.deepEqual([...accountCounts(same), same.customerVersion], [0, 0, 2, 0, 0, version]);
    assert.equal(await customerVersion(bank), version);
    const moved = await loadAccounts(bank, [
      header,
      'B1,B3,savings,100.00,2010-01-01,',
      'B2,B2,loan,49.99,2011-01-01,',
    ]);
    assert.deepEqual([...accountCounts(moved), moved.customerVersion], [0, 2, 0, 0, 0, version + 1]);
    assert.deepEqual(await storedMeasures(bank), {
      B2: [1, loan, 0, 4999, '2011-01-01', '2011-01-01'],
      B3: [1, savings, 10_000, 0, '2010-01-01', '2010-01-01'],
    });
  });

  test('absent columns keep, empty cells clear, owners too', async () => {
    await begin('C1', 'C2');
    await loadAccounts(bank, [header, '1,C1|C2,savings,100.00,2010-01-01,']);
    const balances = await loadAccounts(bank, ['balance,accountId', '200.00,1', '5.00,2']);
    assert.deepEqual(accountCounts(balances), [0, 1, 0, 1, 0]);
    assert.deepEqual(lines(balances.invalidReasons), [['', 'missingOwner', 3]]);
    const both = [1, savings, 20_000, 0, '2010-01-01', '2010-01-01'];
    assert.deepEqual(await storedMeasures(bank), { C1: both, C2: both });
    const cleared = await loadAccounts(
      bank,
      [
        '{"accountId":"1","coreCustomerIds":["C2"],"balance":null}',
        '{"accountId":"1"}',
        '{"accountId":"2","balance":3}',
      ],
      { format: 'ndjson' },
    );
    assert.deepEqual(accountCounts(cleared), [0, 1, 0, 2, 0]);
    assert.deepEqual(lines(cleared.invalidReasons), [
      ['', 'duplicateKey', 2],
      ['', 'missingOwner', 3],
    ]);
    // The sum of a balance that is not known is not known.
    assert.deepEqual(await storedMeasures(bank), { C2: [1, savings, null, 0, '2010-01-01', '2010-01-01'] });
    assert.deepEqual(accountCounts(await loadAccounts(bank, ['accountId,openedOn', '1,2010-01-01'])), [0, 0, 1, 0, 0]);
    assert.deepEqual(accountCounts(await loadAccounts(bank, ['accountId,openedOn', '1,'])), [0, 1, 0, 0, 0]);
    assert.deepEqual(await storedMeasures(bank), { C2: [1, savings, null, 0, null, null] });
  });

  test('rows of nobody in the base, and cells that cannot be read, are counted by reason and line', async () => {
    await begin('D1', 'D2');
    const body = await loadAccounts(bank, [
      header,
      '1,D1|NOBODY,savings,1.00,2010-01-01,',
      '2,NOBODY|NONE,savings,1.00,2010-01-01,',
      '3,,savings,1.00,2010-01-01,',
      `4,${Array.from({ length: 17 }, (_none, index) => `X${index}`).join('|')},savings,1.00,2010-01-01,`,
      '5,D2|1.2E+15,stocks,1.5,2010-13-01,never',
      '6.1E+05,D1,savings,1.00,2010-01-01,',
      ',D1,savings,1.00,2010-01-01,',
      '1,D2,savings,1.00,2010-01-01,',
      '7,D1,savings',
    ]);
    assert.deepEqual([body.lineCount, ...accountCounts(body)], [9, 2, 0, 0, 7, 0]);
    assert.deepEqual(lines(body.invalidReasons), [
      ['', 'columnCount', 10],
      ['', 'duplicateKey', 9],
      ['', 'invalidKey', 7],
      ['', 'missingKey', 8],
      ['', 'missingOwner', 4],
      ['', 'tooManyOwners', 5],
      ['', 'unknownCustomer', 3],
    ]);
    assert.deepEqual(lines(body.invalidCells), [
      ['coreCustomerIds', 'scientificNotation', 6],
      ['coreCustomerIds', 'unknownCustomer', 2],
      ['productType', 'unknownChoice', 6],
      ['balance', 'invalidFormat', 6],
      ['openedOn', 'impossibleValue', 6],
      ['closedOn', 'invalidFormat', 6],
    ]);
    assert.deepEqual(await storedMeasures(bank), {
      D1: [1, savings, 100, 0, '2010-01-01', '2010-01-01'],
      D2: [1, 0, 0, 0, null, null],
    });
    // Somebody who comes later is an owner from the next load on.
    await load(bank, ['coreCustomerId', 'NOBODY']);
    const known = await loadAccounts(bank, [header, '1,D1|NOBODY,savings,1.00,2010-01-01,']);
    assert.deepEqual([...accountCounts(known), known.invalidCells.length], [0, 1, 0, 0, 0, 0]);
  });

  test('replace removes what is absent; a refused row with a readable key is not, and a tenth is the limit', async () => {
    const ids = Array.from({ length: 10 }, (_none, index) => `F${index}`);
    await begin(...ids);
    const rows = ids.map((id) => `${id}0,${id},savings,1.00,,`);
    await loadAccounts(bank, [header, ...rows]);
    const version = await customerVersion(bank);
    const refused = await sendAccounts(bank, [header, ...rows.slice(2)].join('\n'), { mode: 'replace' });
    assert.equal(refused.statusCode, 422);
    const { type, attributes } = refused.json();
    assert.match(type, /tooManyRemovals/);
    assert.deepEqual([attributes.removedCount, attributes.accountCount], [2, 10]);
    const kept = (await bank.send({ url: `/service/accountLoads/${attributes.accountLoadId}` })).json();
    assert.deepEqual([kept.state, kept.problem.type], ['rejected', 'tooManyRemovals']);
    assert.equal(await customerVersion(bank), version);
    const spared = [...rows.slice(4), 'F10,,savings,1.00,,', 'F20,NOBODY,savings,1.00,,', 'F30,too,few'];
    const body = await loadAccounts(bank, [header, ...spared], { mode: 'replace' });
    assert.deepEqual(accountCounts(body), [0, 0, 6, 3, 1]);
    assert.deepEqual(Object.keys(await storedMeasures(bank)), ids.slice(1));
    const all = await loadAccounts(bank, [header], { mode: 'replace', query: 'confirmRemovals=true' });
    assert.deepEqual([all.removedCount, ...(await storedAccounts(bank))], [9, 0, 0, 0]);
    assert.deepEqual(await storedMeasures(bank), {});
  });

  test('whoever is erased or removed leaves the accounts, which go with their last owner; who returns has none', async () => {
    await begin('G1', 'G2', 'G3');
    const file = [header, '1,G1|G2,savings,1.00,2010-01-01,', '2,G1,checking,2.00,,', '3,G3,loan,3.00,,'];
    await loadAccounts(bank, file);
    const id = (await revealedCustomers(bank)).get('G1')?.id;
    assert.equal((await bank.send({ method: 'DELETE', url: `/service/customers/${id}` })).statusCode, 204);
    assert.deepEqual(await storedAccounts(bank), [2, 2, 0]);
    assert.deepEqual(Object.keys(await storedMeasures(bank)), ['G2', 'G3']);
    await load(bank, ['coreCustomerId', 'G1', 'G2'], { mode: 'replace', query: 'confirmRemovals=true' });
    assert.deepEqual(await storedAccounts(bank), [1, 1, 0]);
    assert.deepEqual(Object.keys(await storedMeasures(bank)), ['G2']);
    const back = await loadAccounts(bank, file);
    assert.deepEqual(
      [...accountCounts(back), lines(back.invalidReasons)],
      [1, 1, 0, 1, 0, [['', 'unknownCustomer', 4]]],
    );
    assert.deepEqual(Object.keys(await storedMeasures(bank)), ['G1', 'G2']);
  });

  test('a dry run, a repeated key, a load in the background, and one slot for both kinds', async () => {
    await begin('H1');
    const version = await customerVersion(bank);
    const file = `${header}\n1,H1,savings,1.00,,\n2,NOBODY,savings,1.00,,\n`;
    const shown = await sendAccounts(bank, file, {
      query: 'dryRun=true',
      headers: { prefer: 'return=representation' },
    });
    const preview = shown.json();
    assert.deepEqual([shown.statusCode, preview.state, ...accountCounts(preview)], [200, 'preview', 1, 0, 0, 1, 0]);
    assert.deepEqual((await bank.send({ url: `/service/accountLoads/${preview.id}` })).json(), preview);
    assert.equal((await sendAccounts(bank, file, { query: 'dryRun=true' })).statusCode, 204);
    assert.deepEqual([await customerVersion(bank), await storedMeasures(bank)], [version, {}]);

    const headers = { 'idempotency-key': 'accounts-1' };
    const first = await sendAccounts(bank, file, { headers });
    const again = await sendAccounts(bank, file, { headers });
    assert.deepEqual(
      [again.statusCode, again.json(), again.headers['idempotency-replayed']],
      [201, first.json(), 'true'],
    );
    assert.match((await sendAccounts(bank, `${file}3,H1,,,,\n`, { headers })).json().type, /idempotencyKeyReused/);

    const accepted = await sendAccounts(bank, `${header}\n1,H1,loan,1.00,,\n`, {
      headers: { prefer: 'respond-async' },
    });
    assert.equal(accepted.statusCode, 202);
    const url = String(accepted.headers.location);
    assert.match(url, /^\/service\/accountLoads\//);
    for (const giveUpAt = Date.now() + 20_000; Date.now() < giveUpAt; await delay(20)) {
      if ((await bank.send({ url })).json().state === 'completed') break;
    }
    assert.deepEqual((await storedMeasures(bank)).H1, [1, loan, 0, 100, null, null]);

    const answers = await Promise.all([sendLoad(bank, 'coreCustomerId\nH1\n'), sendAccounts(bank, file)]);
    const statuses = answers.map((answer) => answer.statusCode).toSorted();
    assert.ok(statuses[0] === 201 && (statuses[1] === 409 || statuses[1] === 201), String(statuses));
  });

  test('loads of accounts are listed apart from those of customers', async () => {
    const page = (await bank.send({ url: '/service/accountLoads?mode=replace&limit=1' })).json();
    assert.deepEqual([page.items.length, page.items[0].mode], [1, 'replace']);
    const next = (await bank.send({ url: page.nextPage_url })).json();
    assert.ok(next.items[0].createdAt <= page.items[0].createdAt);
    const [accounts, customers] = await Promise.all(
      ['accountLoads', 'customerLoads'].map(async (name) => (await bank.send({ url: `/service/${name}` })).json()),
    );
    const ids = new Set(accounts.items.map(({ id }: { id: string }) => id));
    assert.ok(accounts.count > 5 && customers.count > 5);
    assert.ok(customers.items.every(({ id }: { id: string }) => !ids.has(id)));
    assert.equal((await bank.send({ url: '/service/accountLoads', token: bank.tokens.other })).json().count, 0);
  });

  test('headers and names that are unknown are named by position, never by their text', async () => {
    const csv = await sendAccounts(bank, '000012345678,alice@example.com\n');
    assert.deepEqual([csv.statusCode, csv.json().attributes.columnNumbers], [400, [1, 2]]);
    assert.deepEqual(csv.json().attributes.allowed, header.split(','));
    const ndjson = await sendAccounts(bank, '{"accountId":"1","000012345678":1}\n', { format: 'ndjson' });
    assert.deepEqual([ndjson.statusCode, ndjson.json().attributes.recordNumbers], [400, [1]]);
    assert.ok(![csv.body, ndjson.body].join().includes('12345678'));
  });

  test('what is closed is not counted, from the day on which it is closed', async () => {
    await begin('E1', 'E2');
    await loadAccounts(bank, [
      header,
      `1,E1|E2,savings,1.00,2010-01-01,${day(0)}`,
      `2,E1,checking,2.00,2011-01-01,${day(2)}`,
      '3,E1,loan,3.00,2012-01-01,',
    ]);
    assert.deepEqual(await storedMeasures(bank), {
      E1: [2, checking + loan, 200, 300, '2011-01-01', '2012-01-01'],
    });
    const version = await customerVersion(bank);
    bank.clock.advance(2 * dayMs);
    // No row of it has changed, but what was counted is closed by now.
    // Tokens of before have expired.
    const token = await bank.createToken({ scopes });
    const later = await loadAccounts(bank, ['accountId,balance', '3,3.00'], { token });
    assert.deepEqual([...accountCounts(later), later.customerVersion], [0, 0, 1, 0, 0, version + 1]);
    assert.deepEqual(await storedMeasures(bank), { E1: [1, loan, 0, 300, '2012-01-01', '2012-01-01'] });
  });
});
