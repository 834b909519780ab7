import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type RandomSource, randomSource } from '../../src/cli/demo/random.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { accountCounts, loadAccounts, storedAccounts, storedMeasures } from './account-load-data.ts';
import { load } from './customer-data.ts';

const fields = ['coreCustomerIds', 'productType', 'balance', 'openedOn', 'closedOn'] as const;
/** An account as its cells say; '' = not known. */
type Account = Readonly<Record<(typeof fields)[number], string>>;

/** In the order of the bits. */
const products = ['savings', 'checking', 'cd', 'ira', 'loan', 'creditCard'];
const customers = Array.from({ length: 12 }, (_none, index) => `M${index}`);

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    await load(bank, ['coreCustomerId', ...customers]);
  });
  after(async () => await bank.close());

  test('after any sequence of loads the measures are those of the accounts, and the counts add up', async () => {
    const random = randomSource(20261128, 1);
    let model: ReadonlyMap<string, Account> = new Map();
    for (let round = 0; round < 14; round += 1) {
      const mode = random.chance(40) ? 'replace' : 'upsert';
      const columns = fields.filter((field) => field === 'coreCustomerIds' || random.chance(70));
      const ids = Array.from({ length: 30 }, (_none, index) => `ACC${index}`).filter(() => random.chance(40));
      const rows = ids.map((id) => ({ id, account: someAccount(random) }));
      const file = rows.map(({ id, account }) => [id, ...columns.map((column) => account[column])].join(','));
      const body = await loadAccounts(bank, [['accountId', ...columns].join(','), ...file], {
        mode,
        query: 'confirmRemovals=true',
      });
      const stored = model;
      const merged = rows.map(({ id, account }) => [id, mergedOf(account, columns, stored.get(id))] as const);
      model = new Map([...(mode === 'replace' ? [] : stored), ...merged]);
      assert.deepEqual(await storedMeasures(bank), measuresOf([...model.values()]), `round ${round}`);
      const owned = [...model.values()].flatMap(({ coreCustomerIds }) => coreCustomerIds.split('|')).length;
      assert.deepEqual(await storedAccounts(bank), [owned, model.size, 0]);
      const [inserted = 0, updated = 0, unchanged = 0, invalid, removed = 0] = accountCounts(body);
      assert.deepEqual([inserted + updated + unchanged, invalid], [ids.length, 0]);
      assert.equal(stored.size + inserted - removed, model.size);
    }
  });
});

function someAccount(random: RandomSource): Account {
  const owners = new Set(Array.from({ length: 1 + random.integer(3) }, () => random.pick(customers)));
  const cents = random.integer(1_000_000);
  return {
    coreCustomerIds: [...owners].join('|'),
    productType: random.chance(90) ? random.pick(products) : '',
    balance: random.chance(90) ? `${cents > 99 && random.chance(30) ? '-' : ''}${(cents / 100).toFixed(2)}` : '',
    openedOn: random.chance(90) ? `20${10 + random.integer(15)}-0${1 + random.integer(9)}-1${random.integer(10)}` : '',
    closedOn: random.chance(25) ? '2020-01-01' : '',
  };
}

function mergedOf(account: Account, columns: readonly string[], stored: Account | undefined): Account {
  const cellOf = (field: keyof Account) => (columns.includes(field) ? account[field] : (stored?.[field] ?? ''));
  return {
    coreCustomerIds: cellOf('coreCustomerIds'),
    productType: cellOf('productType'),
    balance: cellOf('balance'),
    openedOn: cellOf('openedOn'),
    closedOn: cellOf('closedOn'),
  };
}

/** What the measures are, said once more and without SQL. */
function measuresOf(accounts: readonly Account[]): Record<string, readonly unknown[]> {
  const open = accounts.filter(({ closedOn }) => closedOn === '');
  const owners = [...new Set(open.flatMap(({ coreCustomerIds }) => coreCustomerIds.split('|')))].toSorted();
  return Object.fromEntries(
    owners.map((owner) => {
      const own = open.filter(({ coreCustomerIds }) => coreCustomerIds.split('|').includes(owner));
      const bits = new Set(own.map(({ productType }) => products.indexOf(productType)).filter((bit) => bit >= 0));
      const mask = [...bits].reduce((sum, bit) => sum + 2 ** bit, 0);
      const opened = own.flatMap(({ openedOn }) => (openedOn === '' ? [] : [openedOn])).toSorted();
      const sums = [sumOf(own, products.slice(0, 4)), sumOf(own, products.slice(4))];
      return [owner, [own.length, mask, ...sums, opened[0] ?? null, opened.at(-1) ?? null]];
    }),
  );
}

function sumOf(accounts: readonly Account[], types: readonly string[]): number | null {
  const balances = accounts.filter(({ productType }) => types.includes(productType)).map(({ balance }) => balance);
  if (balances.includes('')) return null;
  return balances.reduce((sum, balance) => sum + Math.round(Number(balance) * 100), 0);
}
