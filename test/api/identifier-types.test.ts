import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { identifierTypeNames } from '../../src/modules/identifiers/index.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { giveCustomers } from './import-data.ts';

const url = '/service/identifierTypes';

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(() => bank.close());

  const countsOf = async (token?: string) => {
    const answer = await bank.send({ url, ...(token === undefined ? {} : { token }) });
    assert.equal(answer.statusCode, 200, answer.body);
    const { items }: { items: { name: string; customerCount: number }[] } = answer.json();
    return Object.fromEntries(items.map((item) => [item.name, item.customerCount]));
  };

  test('the seven types in order, each with its rule in words and invented examples', async () => {
    const page = (await bank.send({ url })).json();
    assert.deepEqual([page.count, page.limit, page.start, page.nextPage_url], [7, 100, undefined, undefined]);
    assert.deepEqual(
      page.items.map(({ name }: { name: string }) => name),
      identifierTypeNames,
    );
    const [taxIds] = page.items;
    assert.deepEqual(Object.keys(taxIds), [
      ...['name', 'description', 'normalization', 'pattern', 'refusals', 'examples', 'customerCount'],
    ]);
    assert.deepEqual(taxIds.refusals, [
      ...['scientificNotation', 'leadingZerosLost', 'invalidFormat', 'impossibleValue', 'placeholderValue'],
    ]);
  });

  test('customers are counted once for each type that they have, those of this institution only', async () => {
    assert.deepEqual(Object.values(await countsOf()), [0, 0, 0, 0, 0, 0, 0]);
    await giveCustomers(bank, [
      { coreCustomerId: 'C1', identifiers: { taxIdNumber: ['900000001'], accountNumber: ['1', '2', '3'] } },
      { coreCustomerId: 'C2', identifiers: { taxIdNumber: ['900000001'], emailAddress: ['a@example.com'] } },
      { coreCustomerId: 'C3' },
    ]);
    const expected = {
      taxIdNumber: 2,
      customerId: 3,
      coreCustomerId: 3,
      accountNumber: 1,
      emailAddress: 1,
      phoneNumber: 0,
      username: 0,
    };
    assert.deepEqual(await countsOf(), expected);
    assert.deepEqual(Object.values(await countsOf(bank.tokens.other)), [0, 0, 0, 0, 0, 0, 0]);
    // What is counted is kept until the base changes.
    await giveCustomers(bank, [
      { coreCustomerId: 'C4', identifiers: { username: ['jane'], taxIdNumber: ['900000004'] } },
    ]);
    const after = { ...expected, taxIdNumber: 3, customerId: 4, coreCustomerId: 4, username: 1 };
    assert.deepEqual(await countsOf(), after);
  });

  test('pages of it, and the count alone', async () => {
    const names: string[] = [];
    let next: string | undefined = `${url}?limit=3`;
    while (next !== undefined) {
      const page: { items: { name: string }[]; nextPage_url?: string } = (await bank.send({ url: next })).json();
      assert.ok(page.items.length > 0);
      names.push(...page.items.map(({ name }) => name));
      next = page.nextPage_url;
    }
    assert.deepEqual(names, identifierTypeNames);
    const empty = (await bank.send({ url: `${url}?limit=0` })).json();
    assert.deepEqual(empty, { items: [], limit: 0, count: 7 });
    const exact = (await bank.send({ url: `${url}?limit=7` })).json();
    assert.equal(exact.nextPage_url, undefined);
  });

  test('who may not, and what is malformed', async () => {
    assert.equal((await bank.send({ url, token: null })).statusCode, 401);
    const token = await bank.createToken({ scopes: ['customers/read'] });
    assert.equal((await bank.send({ url, token })).statusCode, 403);
    const page = (await bank.send({ url: `${url}?limit=3` })).json();
    const foreign = await bank.send({ url: page.nextPage_url, token: bank.tokens.other });
    assert.equal(foreign.statusCode, 400);
    for (const query of ['limit=1001', 'limit=-1', 'start=none', 'name=taxIdNumber']) {
      assert.equal((await bank.send({ url: `${url}?${query}` })).statusCode, 400, query);
    }
    assert.equal((await bank.send({ method: 'POST', url, json: {} })).statusCode, 405);
  });
});
