import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CustomerAudienceInsights, InsightCell } from '../../src/modules/audiences/insights/insight-schemas.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { loadAccounts } from './account-load-data.ts';
import { importList, load } from './customer-data.ts';

const year = new Date().getUTCFullYear();
const products = ['savings', 'checking', 'cd', 'ira', 'loan', 'creditCard'];

interface Person {
  readonly id: string;
  readonly age: number | undefined;
  readonly region: string | undefined;
  readonly since: string | undefined;
  readonly accounts: readonly { product: string; cents: number | undefined }[];
}

/** Every band comes up, and every missing value; regions are of very different sizes and spelt in two ways. */
const people: readonly Person[] = Array.from({ length: 900 }, (_none, index) => ({
  id: `P${index}`,
  age: index % 13 === 5 ? undefined : 10 + ((index * 7) % 80),
  region: index % 11 === 0 ? undefined : regionOf(index),
  since: index % 17 === 3 ? undefined : `${year - (index % 29)}-${String((index % 12) + 1).padStart(2, '0')}-15`,
  accounts: products
    .filter((_product, place) => (index * (place + 3)) % 7 < 2)
    .map((product, place) => ({
      product,
      cents: index % 23 === 1 ? undefined : ((index * 7_919) % 900) ** 2 * (40 + place),
    })),
}));

function regionOf(index: number): string {
  if (index % 2 === 0) return index % 4 === 0 ? 'NC' : 'nc';
  return `R${Math.floor(Math.sqrt(index * 4))}`;
}

/** The dimensions of a customer, by plain JavaScript. */
const modelValues: Readonly<Record<string, (person: Person) => string | undefined>> = {
  ageBand: ({ age }) => {
    if (age === undefined) return undefined;
    if (age < 18) return 'under 18';
    if (age < 25) return '18-24';
    return age >= 75 ? '75+' : `${age - ((age - 5) % 10)}-${age - ((age - 5) % 10) + 9}`;
  },
  regionCode: ({ region }) => region?.toUpperCase(),
  tenureBand: ({ since }) => {
    if (since === undefined) return undefined;
    const today = new Date().toISOString().slice(0, 10);
    const years = year - Number(since.slice(0, 4)) - (since.slice(5) > today.slice(5) ? 1 : 0);
    if (years < 1) return 'under 1';
    return years < 3 ? '1-2' : years < 5 ? '3-4' : years < 10 ? '5-9' : years < 20 ? '10-19' : '20+';
  },
  depositsBand: ({ accounts }) => {
    const deposits = accounts.filter(({ product }) => product !== 'loan' && product !== 'creditCard');
    if (accounts.length === 0 || deposits.some(({ cents }) => cents === undefined)) return undefined;
    const amount = deposits.reduce((sum, { cents = 0 }) => sum + cents, 0) / 100;
    if (amount < 1_000) return '0-999';
    if (amount < 10_000) return '1,000-9,999';
    if (amount < 50_000) return '10,000-49,999';
    if (amount < 100_000) return '50,000-99,999';
    return amount < 250_000 ? '100,000-249,999' : amount < 1_000_000 ? '250,000-999,999' : '1,000,000+';
  },
};

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    const rows = people.map(({ id, age, region = '', since = '' }) =>
      [id, 'retail', age === undefined ? '' : year - age, region, since].join(),
    );
    await load(bank, ['coreCustomerId,customerType,birthYear,regionCode,customerSince', ...rows]);
    const accounts = people.flatMap(({ id, accounts: owned }) =>
      owned.map(({ product, cents }) =>
        [`${id}-${product}`, id, product, cents === undefined ? '' : (cents / 100).toFixed(2)].join(),
      ),
    );
    await loadAccounts(bank, ['accountId,coreCustomerIds,productType,balance', ...accounts]);
  });
  after(() => bank.close());

  const audienceOf = async (members: readonly Person[]): Promise<string> =>
    (
      await importList(
        bank,
        'coreCustomerId',
        members.map(({ id }) => id),
      )
    ).id;
  const read = (id: string, token?: string) =>
    bank.send({ url: `/service/customerAudiences/${id}/insights`, ...(token === undefined ? {} : { token }) });
  const insightsOf = async (id: string): Promise<CustomerAudienceInsights> => {
    const answer = await read(id);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json();
  };

  /** Every cell that is shown has the counts of the model, and cells add up to everybody. */
  const checkAll = (insights: CustomerAudienceInsights, members: readonly Person[], everybody: readonly Person[]) => {
    assert.deepEqual([insights.customerCount, insights.baseCustomerCount], [members.length, everybody.length]);
    for (const { dimension, cells, overlapping } of insights.dimensions) {
      if (overlapping) continue;
      const model = modelValues[dimension] ?? assert.fail(dimension);
      const isIn =
        ({ kind, value }: InsightCell) =>
        (person: Person) =>
          model(person) ===
          (kind === 'missing' ? undefined : dimension === 'regionCode' ? value?.toUpperCase() : value);
      for (const cell of cells.filter(({ kind }) => kind !== 'other')) {
        const counts = [members, everybody].map((all) => all.filter(isIn(cell)).length);
        assert.deepEqual([cell.customerCount, cell.baseCustomerCount], counts, `${dimension} ${cell.value}`);
      }
      const sum = (count: (cell: InsightCell) => number | undefined) =>
        cells.reduce((total, cell) => total + (count(cell) ?? 0), 0);
      assert.equal(
        sum(({ customerCount }) => customerCount),
        members.length,
        dimension,
      );
      assert.equal(
        sum(({ baseCustomerCount }) => baseCustomerCount),
        everybody.length,
        dimension,
      );
    }
  };

  const few = (count: number) => count > 0 && count < 10;

  test('the counts are those of plain JavaScript, and none of them is small', async () => {
    for (const members of [
      people.filter((_person, index) => index % 3 === 0),
      people.filter(({ age = 0 }) => age > 60),
      people.slice(0, 40),
      people.filter((_person, index) => index % 40 !== 0),
    ]) {
      const insights = await insightsOf(await audienceOf(members));
      assert.equal(insights.withheldBecause, undefined);
      assert.deepEqual(
        insights.dimensions.map(({ dimension }) => dimension),
        ['ageBand', 'regionCode', 'tenureBand', 'productType', 'depositsBand'],
      );
      checkAll(insights, members, people);
      for (const { customerCount = 0, baseCustomerCount = 0 } of insights.dimensions.flatMap(({ cells }) => cells)) {
        assert.ok(!few(customerCount) && !few(baseCustomerCount - customerCount));
      }
    }
  });

  test('a product says who owns it unless too few do, or do not', async () => {
    const members = people.filter((person, index) => owns(person, 'ira') && (index % 2 === 0 || index > 800));
    const { dimensions } = await insightsOf(await audienceOf([...members, ...people.slice(0, 3)]));
    const { cells = [], overlapping } = dimensions.find(({ dimension }) => dimension === 'productType') ?? {};
    assert.deepEqual([overlapping, cells.map(({ value }) => value)], [true, products]);
    const all = new Set([...members, ...people.slice(0, 3)]);
    for (const { kind, value = '', customerCount, baseCustomerCount } of cells) {
      const owners = [...all].filter((person) => owns(person, value)).length;
      const baseOwners = people.filter((person) => owns(person, value)).length;
      const parts = [owners, all.size - owners, baseOwners - owners, people.length - all.size - (baseOwners - owners)];
      if (parts.some(few))
        assert.deepEqual([kind, customerCount, baseCustomerCount], ['withheld', undefined, undefined]);
      else assert.deepEqual([kind, customerCount, baseCustomerCount], ['value', owners, baseOwners]);
    }
    assert.deepEqual(cells.map(({ kind }) => kind).filter((kind) => kind === 'withheld').length > 0, true);
  });

  test('shares and index can be computed from the counts', async () => {
    const { dimensions, customerCount, baseCustomerCount } = await insightsOf(await audienceOf(people.slice(0, 300)));
    for (const cell of dimensions.flatMap(({ cells }) => cells)) {
      if (cell.customerCount === undefined || cell.baseCustomerCount === undefined) continue;
      const share = cell.customerCount / customerCount;
      const baseShare = cell.baseCustomerCount / baseCustomerCount;
      assert.equal(cell.audiencePercent, Math.round(share * 1_000) / 10);
      assert.equal(cell.basePercent, Math.round(baseShare * 1_000) / 10);
      assert.equal(cell.index, baseShare === 0 ? undefined : Math.round((100 * share) / baseShare));
    }
  });

  test('an audience of few, or of all but few, has no dimensions, and says why', async () => {
    const why = async (members: readonly Person[]) => {
      const { withheldBecause, dimensions, customerCount } = await insightsOf(await audienceOf(members));
      assert.equal(customerCount, members.length);
      return [withheldBecause, dimensions.length];
    };
    assert.deepEqual(await why(people.slice(0, 9)), ['fewMembers', 0]);
    assert.deepEqual(await why(people.slice(0, 10)), [undefined, 5]);
    assert.deepEqual(await why(people.slice(9)), ['fewOthers', 0]);
    assert.deepEqual(await why(people.slice(10)), [undefined, 5]);
    assert.deepEqual(await why(people), [undefined, 5]);
  });

  test('who may not see members reads insights, who may not see the audience does not', async () => {
    const id = await audienceOf(people.slice(0, 50));
    const auditor = await bank.createToken({ kind: 'person', scopes: ['bankingAdmin/read'], roles: ['auditor'] });
    assert.equal((await read(id, auditor)).statusCode, 200);
    const stranger = await bank.createToken({ kind: 'person', scopes: ['bankingAdmin/read'], roles: ['analyst'] });
    assert.equal((await read(id, stranger)).statusCode, 404);
    assert.equal((await read(id, bank.tokens.other)).statusCode, 404);
    assert.equal((await read('f'.repeat(20))).statusCode, 404);
  });

  test('who is erased or loaded changes the counts at once', async () => {
    const members = people.slice(100, 200);
    const id = await audienceOf(members);
    const [gone] = (await bank.send({ url: '/service/customers?coreCustomerId=P150' })).json().items;
    await insightsOf(id);
    assert.equal((await bank.send({ method: 'DELETE', url: `/service/customers/${gone.id}` })).statusCode, 204);
    const stays = ({ id: own }: Person) => own !== 'P150';
    checkAll(await insightsOf(id), members.filter(stays), people.filter(stays));
    await load(bank, ['coreCustomerId,customerType,birthYear', `P151,retail,${year - 100}`]);
    const aged = (all: readonly Person[]) =>
      all.filter(stays).map((person) => (person.id === 'P151' ? { ...person, age: 100 } : person));
    checkAll(await insightsOf(id), aged(members), aged(people));
  });

  test('60 regions are shown at most', async () => {
    const many = Array.from({ length: 70 * 25 }, (_none, index) => `X${index},retail,Region ${index % 70}`);
    await load(bank, ['coreCustomerId,customerType,regionCode', ...many]);
    const members = many.filter((_row, index) => index % 25 >= 10).map((row) => row.split(',')[0] ?? '');
    const { id } = await importList(bank, 'coreCustomerId', members);
    const { dimensions, customerCount } = await insightsOf(id);
    const { cells = [] } = dimensions.find(({ dimension }) => dimension === 'regionCode') ?? {};
    assert.equal(cells.filter(({ kind }) => kind === 'value').length, 60);
    assert.equal(cells.at(-1)?.kind, 'other');
    assert.equal(
      cells.reduce((sum, cell) => sum + (cell.customerCount ?? 0), 0),
      customerCount,
    );
  });
});

function owns({ accounts }: Person, product: string): boolean {
  return accounts.some((account) => account.product === product);
}
