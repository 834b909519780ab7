import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { checkFilters, type FilterBody } from '../../src/modules/filters/index.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { all, filterArbitrary, judge, type ModelCustomer, type ModelType } from '../support/filter-model.ts';
import { load } from './customer-data.ts';

const present = new Date().toISOString().slice(0, 10);

function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

const types: readonly ModelType[] = [
  { name: 'customerType', dataType: 'enumeration', values: ['retail', 'business'] },
  { name: 'customerAge', dataType: 'integer', values: [18, 30, 31, 47, 65, 90] },
  { name: 'customerSince', dataType: 'date', values: ['1999-12-31', '2012-02-29', '2024-06-01', '2025-01-01'] },
  { name: 'regionCode', dataType: 'string', values: ['CA', 'NC', 'North Rhine', 'ny', 'Ñandú'] },
  { name: 'postalCode', dataType: 'string', values: ['00501', '27601', '27605', '94105'] },
  { name: 'hasEmailAddress', dataType: 'boolean', values: [true, false] },
  { name: 'branch', dataType: 'string', values: ['Main Street', 'main office', 'East'] },
  { name: 'consentSms', dataType: 'boolean', values: [true, false] },
  { name: 'lastLoginAt', dataType: 'date', values: [daysAgo(0), daysAgo(1), daysAgo(31), daysAgo(800)] },
  { name: 'productType', dataType: 'enumeration', values: ['savings', 'checking', 'loan'] },
  { name: 'accountCount', dataType: 'integer', values: [0, 1, 2, 3] },
  { name: 'totalDeposits', dataType: 'decimal', values: [0, 12.5, 250, 1_000_000.25] },
  { name: 'totalLoans', dataType: 'decimal', values: [0, 99.99, 250] },
  { name: 'oldestAccountOpenedOn', dataType: 'date', values: ['2001-01-01', '2020-02-29'] },
  { name: 'tier', dataType: 'enumeration', values: ['gold', 'Silver'] },
  { name: 'score', dataType: 'decimal', values: [-1.5, 0, 7.25] },
  { name: 'memberOn', dataType: 'date', values: ['2010-10-10', '2024-02-29'] },
  { name: 'staff', dataType: 'boolean', values: [true, false] },
];

const year = Number(present.slice(0, 4));

/** What a customer may own: amounts in the form of the file. */
const portfolios: readonly (readonly [string, string, string][])[] = [
  [],
  [['checking', '12.50', '2001-01-01']],
  [['loan', '99.99', '2020-02-29']],
  [
    ['savings', '250.00', '2020-02-29'],
    ['loan', '250.00', '2001-01-01'],
  ],
  [
    ['checking', '0.00', '2020-02-29'],
    ['checking', '1000000.25', '2001-01-01'],
    ['loan', '0.00', '2020-02-29'],
  ],
];

/** Deterministic customers in which every value and every missing one comes up, in many combinations. */
const customers: readonly ModelCustomer[] = Array.from({ length: 240 }, (_, index) => {
  const values: Record<string, ModelCustomer['values'][string]> = {};
  for (const [place, type] of types.entries()) {
    const choices = ['customerType', 'hasEmailAddress'].includes(type.name) ? type.values : [...type.values, undefined];
    // Steps of their own make every pair of values meet.
    values[type.name] = choices[Math.floor((index * (2 * place + 3)) / 7 + index / (place + 1)) % choices.length];
  }
  return { coreCustomerId: `C${index}`, values: { ...values, ...measuresOf(portfolioOf(index)) } };
});

function portfolioOf(index: number) {
  return portfolios[(index * 7) % portfolios.length] ?? [];
}

function measuresOf(accounts: readonly (readonly [string, string, string])[]): ModelCustomer['values'] {
  const sum = (isLoan: boolean) =>
    accounts
      .filter(([product]) => (product === 'loan') === isLoan)
      .reduce((cents, [, balance]) => cents + Math.round(Number(balance) * 100), 0) / 100;
  const isKnown = accounts.length > 0;
  return {
    productType: accounts.map(([product]) => product),
    accountCount: accounts.length,
    totalDeposits: isKnown ? sum(false) : undefined,
    totalLoans: isKnown ? sum(true) : undefined,
    oldestAccountOpenedOn: accounts.map(([, , openedOn]) => openedOn).toSorted()[0],
  };
}

const header =
  'coreCustomerId,customerType,birthYear,customerSince,regionCode,postalCode,emailAddress,branch,consentSms,lastLoginAt,tier,score,memberOn,staff';

function csvOf({ coreCustomerId, values }: ModelCustomer): string {
  const birthYear = typeof values.customerAge === 'number' ? year - values.customerAge : '';
  const email = values.hasEmailAddress === true ? `${coreCustomerId}@example.com` : '';
  const { customerType, customerSince, regionCode, postalCode, branch, consentSms, lastLoginAt } = values;
  const login = lastLoginAt === undefined ? '' : `${lastLoginAt}T12:00:00Z`;
  const { tier, score, memberOn, staff } = values;
  const first = [coreCustomerId, customerType, birthYear, customerSince, regionCode, postalCode, email, branch];
  return [...first, consentSms, login, tier, score, memberOn, staff].map((cell) => cell ?? '').join(',');
}

function accountLines(): string[] {
  const lines = customers.flatMap(({ coreCustomerId }, index) =>
    portfolioOf(index).map(([product, balance, openedOn], account) =>
      [`A${index}${account}`, coreCustomerId, product, balance, openedOn].join(','),
    ),
  );
  return ['accountId,coreCustomerIds,productType,balance,openedOn', ...lines];
}

const attributes = [
  { name: 'tier', dataType: 'enumeration', constraints: { choices: ['gold', 'Silver'] } },
  { name: 'score', dataType: 'decimal' },
  { name: 'memberOn', dataType: 'date' },
  { name: 'staff', dataType: 'boolean' },
];

const leaf = (name: string, operator: string, ...values: (string | number | boolean)[]): FilterBody => ({
  filterType: { name },
  operator,
  values,
});

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    for (const json of attributes) {
      const answer = await bank.send({ method: 'POST', url: '/service/customerAttributes', json });
      assert.equal(answer.statusCode, 201, answer.body);
    }
    await load(bank, [header, ...customers.map(csvOf)]);
    const accounts = await bank.send({
      method: 'POST',
      url: '/service/accountLoads?mode=upsert',
      headers: { 'content-type': 'text/csv' },
      payload: `${accountLines().join('\n')}\n`,
    });
    assert.equal(accounts.statusCode, 201, accounts.body);
    assert.equal(accounts.json().invalidCount, 0, accounts.body);
  });
  after(() => bank.close());

  const send = (filters: unknown) =>
    bank.send({ method: 'POST', url: '/service/customerAudienceEstimates', json: { filters } });
  const estimate = async (filters: readonly FilterBody[]) => {
    const answer = await send(filters);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json();
  };

  test('random filters count what a plain reading of them counts, each alone and in turn', async () => {
    const matching = (filters: readonly FilterBody[]) =>
      customers.filter((customer) => all(filters.map((filter) => judge(customer, filter, present))) === true).length;
    const property = fc.asyncProperty(
      fc.array(filterArbitrary(types), { minLength: 1, maxLength: 3 }),
      async (filters) => {
        const { customerCount, funnel } = await estimate(filters);
        assert.equal(customerCount, matching(filters));
        const expected = filters.map((filter, index) => ({
          ordinal: index,
          customerCount: matching([filter]),
          remainingCount: matching(filters.slice(0, index + 1)),
        }));
        assert.deepEqual(funnel, expected);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  test('no filter selects everybody, and the funnel is in the order of the ordinals', async () => {
    const { customerCount, baseCustomerCount, funnel } = await estimate([]);
    assert.deepEqual([customerCount, baseCustomerCount, funnel], [240, 240, []]);
    const ordered = await estimate([
      { ...leaf('regionCode', 'equals', 'ca'), ordinal: 9 },
      { ...leaf('customerType', 'equals', 'retail'), ordinal: 2 },
    ]);
    assert.deepEqual(
      ordered.funnel.map((step: { ordinal: number }) => step.ordinal),
      [2, 9],
    );
  });

  test('a load and an erasure show in the next estimate', async () => {
    const before = await estimate([leaf('regionCode', 'equals', 'Zürich')]);
    assert.equal(before.customerCount, 0);
    const short = 'coreCustomerId,customerType,regionCode';
    await load(bank, [short, 'New1,retail,Zürich', 'New2,retail,zürich']);
    const loaded = await estimate([leaf('regionCode', 'equals', 'ZÜRICH')]);
    assert.deepEqual([loaded.customerCount, loaded.baseCustomerCount], [2, 242]);
    const found = await bank.send({ url: '/service/customers?coreCustomerId=New1|New2' });
    for (const { id } of found.json().items) await bank.send({ method: 'DELETE', url: `/service/customers/${id}` });
    const erased = await estimate([leaf('regionCode', 'equals', 'ZÜRICH')]);
    assert.deepEqual([erased.customerCount, erased.baseCustomerCount, erased.funnel[0].customerCount], [0, 240, 0]);
    const others = await estimate([leaf('regionCode', 'notEquals', 'Zürich')]);
    const missing = await estimate([leaf('regionCode', 'isMissing')]);
    assert.equal(others.customerCount + missing.customerCount, 240);
  });

  const refused: readonly [string, unknown, number, string][] = [
    ['a type that is none', leaf('customerAgе', 'equals', 1), 422, '/filters/0/filterType'],
    [
      'an id and a name of two types',
      { ...leaf('branch', 'equals', 'x'), filterType: { id: 'regionCode', name: 'branch' } },
      422,
      '/filters/0/filterType',
    ],
    ['no type', { operator: 'equals', values: [1] }, 422, '/filters/0'],
    ['no operator', { filterType: { name: 'branch' } }, 422, '/filters/0'],
    ['an operator that the type has not', leaf('customerAge', 'contains', 4), 422, '/filters/0/operator'],
    ['an operator that is none', leaf('customerAge', 'like', 4), 400, '/filters/0/operator'],
    ['no value', leaf('customerAge', 'equals'), 422, '/filters/0/values'],
    ['two values', leaf('customerAge', 'equals', 30, 31), 422, '/filters/0/values'],
    ['one end', leaf('customerAge', 'between', 30), 422, '/filters/0/values'],
    ['swapped ends', leaf('customerAge', 'between', 40, 30), 422, '/filters/0/values'],
    ['a value where there is none', leaf('customerAge', 'isMissing', 1), 422, '/filters/0/values'],
    ['text for a number', leaf('customerAge', 'equals', 'thirty'), 422, '/filters/0/values/0'],
    ['half a year', leaf('customerAge', 'equals', 30.5), 422, '/filters/0/values/0'],
    ['below the bounds', leaf('customerAge', 'greaterThan', 1), 422, '/filters/0/values/0'],
    ['above the bounds', leaf('customerAge', 'lessThan', 131), 422, '/filters/0/values/0'],
    ['a boolean for a number', leaf('accountCount', 'equals', true), 422, '/filters/0/values/0'],
    ['three decimals', leaf('totalDeposits', 'equals', '1.234'), 422, '/filters/0/values/0'],
    ['an exponent', leaf('totalDeposits', 'equals', '1e3'), 422, '/filters/0/values/0'],
    ['a day that is none', leaf('customerSince', 'equals', '2025-02-30'), 422, '/filters/0/values/0'],
    ['a date of another form', leaf('customerSince', 'equals', '02/03/2025'), 422, '/filters/0/values/0'],
    ['days before today that are none', leaf('customerSince', 'withinLast', -1), 422, '/filters/0/values/0'],
    ['a choice that is none', leaf('customerType', 'in', 'retail', 'Retail'), 422, '/filters/0/values/1'],
    ['neither true nor false', leaf('hasEmailAddress', 'equals', 1), 422, '/filters/0/values/0'],
    ['empty text', leaf('regionCode', 'equals', '  '), 422, '/filters/0/values/0'],
    ['an audience that is none', leaf('customerAudience', 'in', 'abcdef'), 422, '/filters/0/values/0'],
    [
      'a filter and a group',
      { ...leaf('branch', 'equals', 'x'), anyOf: [leaf('branch', 'equals', 'x')] },
      422,
      '/filters/0',
    ],
    ['two groups', { anyOf: [leaf('branch', 'isMissing')], allOf: [leaf('branch', 'isMissing')] }, 422, '/filters/0'],
    ['an empty group', { anyOf: [] }, 400, '/filters/0/anyOf'],
    ['an unknown member', { ...leaf('branch', 'isMissing'), column: 'x' }, 400, '/filters/0'],
    [
      '5,001 values',
      leaf('postalCode', 'in', ...Array.from({ length: 5_001 }, (_, i) => String(i))),
      422,
      '/filters/0/values',
    ],
    ['six groups deep', nested(6), 422, '/filters/0/not/not/not/not/not'],
  ];
  describe('what cannot be asked is refused, and where', () => {
    for (const [what, filter, status, pointer] of refused) {
      test(what, async () => {
        const answer = await send([filter]);
        assert.equal(answer.statusCode, status, answer.body);
        const { type, attributes } = answer.json();
        assert.match(type, status === 422 ? /invalidFilters/ : /badRequest/);
        assert.equal(attributes.pointer, pointer);
      });
    }
  });

  test('5,000 values, five groups, 100 filters are as many as there may be', async () => {
    const many = leaf('postalCode', 'in', ...Array.from({ length: 5_000 }, (_, i) => String(i)));
    assert.equal((await send([many, nested(5)])).statusCode, 200);
    assert.equal((await send(Array.from({ length: 100 }, () => leaf('branch', 'isMissing')))).statusCode, 200);
    const tooMany = await send(Array.from({ length: 101 }, () => leaf('branch', 'isMissing')));
    assert.deepEqual([tooMany.statusCode, tooMany.json().attributes.pointer], [422, '/filters']);
  });

  test('several faults are told together, and no value is repeated', async () => {
    const secret = '078-05-1120';
    const answer = await send([
      leaf('customerAge', 'equals', secret),
      { anyOf: [leaf('customerSince', 'equals', secret)] },
    ]);
    assert.equal(answer.statusCode, 422);
    assert.deepEqual(
      answer.json().problems.map((problem: { attributes: { pointer: string } }) => problem.attributes.pointer),
      ['/filters/0/values/0', '/filters/1/anyOf/0/values/0'],
    );
    assert.ok(!answer.body.includes(secret) && !bank.log.some((line) => line.includes(secret)));
  });

  describe('text of a caller is a value and nothing else', () => {
    const attacks = [`' or '1'='1`, `'); drop table customer; --`, 'CA%', '_A', '.*', '\\', '$1', '{CA}'];
    for (const attack of attacks) {
      for (const operator of ['equals', 'contains', 'startsWith']) {
        test(`${operator} ${JSON.stringify(attack)}`, async () => {
          assert.equal((await estimate([leaf('regionCode', operator, attack)])).customerCount, 0);
          const { customerCount } = await estimate([leaf('regionCode', 'isPresent')]);
          assert.ok(customerCount > 100);
        });
      }
    }
  });

  test('filter types have operators, bounds and counts', async () => {
    const page = (await bank.send({ url: '/service/analyticFilterTypes?limit=1000' })).json();
    assert.ok(page.count >= 22);
    const ageType = page.items.find(({ name }: { name: string }) => name === 'customerAge');
    assert.deepEqual(ageType.constraints, { minimum: 2, maximum: 130 });
    assert.equal(ageType.customerCount, customers.filter(({ values }) => values.customerAge !== undefined).length);
    const one = await bank.send({ url: `/service/analyticFilterTypes/${ageType.id}` });
    assert.deepEqual(one.json(), ageType);
    assert.equal((await bank.send({ url: '/service/analyticFilterTypes/nothing' })).statusCode, 404);
    const accounts = (
      await bank.send({ url: '/service/analyticFilterTypes?category=account|activity&limit=2' })
    ).json();
    assert.deepEqual([accounts.items.length, typeof accounts.nextPage_url], [2, 'string']);
  });
});

test('checked filters are kept complete and in order', () => {
  const types = [
    {
      id: 'branch',
      name: 'branch',
      label: '',
      description: '',
      category: 'customer',
      dataType: 'string',
      constraints: {},
      column: 'branch',
      coding: 'text',
    },
  ] as const;
  const { filters } = checkFilters(
    [
      { ...leaf('branch', 'equals', 'A'), ordinal: 3 },
      { not: leaf('branch', 'isMissing'), ordinal: 1 },
    ],
    types,
    { today: 0 },
  );
  assert.deepEqual(filters, [
    {
      not: {
        filterType: { id: 'branch', name: 'branch' },
        operator: 'isMissing',
        values: [],
        includeMissingValues: false,
      },
      ordinal: 1,
    },
    {
      filterType: { id: 'branch', name: 'branch' },
      operator: 'equals',
      values: ['A'],
      includeMissingValues: false,
      ordinal: 3,
    },
  ]);
});

function nested(depth: number): FilterBody {
  return depth === 0 ? leaf('branch', 'isMissing') : { not: nested(depth - 1) };
}
