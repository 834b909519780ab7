import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import type { FilterBody } from '../../src/modules/filters/index.ts';
import { changeInstitutionSettings } from '../../src/modules/institutions/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { load } from './customer-data.ts';

const url = '/service/institutionSettings';
/** The year of birth of whoever reaches this age this year. */
const bornAt = (age: number) => new Date().getUTCFullYear() - age;

const header = 'coreCustomerId,customerType,birthYear,regionCode,tier,score';
const rows = Array.from({ length: 40 }, (_, index) => {
  const [region, tier] = [['NC', 'SC'][index % 2], ['gold', 'silver'][index % 4 === 0 ? 0 : 1]];
  return `C${index},${index < 30 ? 'retail' : 'business'},${bornAt(20 + index)},${region},${tier},${index}.50`;
});
const accounts = [
  'accountId,coreCustomerIds,productType,balance,openedOn',
  ...['savings', 'savings', 'savings', 'loan', 'loan', 'cd'].map(
    (product, index) => `A${index},C${index},${product},1.00,2020-01-01`,
  ),
];

const leaf = (name: string, operator: string, ...values: (string | number)[]): FilterBody => ({
  filterType: { name },
  operator,
  values,
});

forEachEngine((engine) => {
  let bank: TestApp;
  let names = 0;
  before(async () => {
    bank = await startTestApp(engine);
    for (const json of [
      { name: 'tier', dataType: 'enumeration', constraints: { choices: ['gold', 'silver', 'none'] } },
      { name: 'score', dataType: 'decimal', constraints: { minimum: '0.00', maximum: '100.00' } },
    ]) {
      const made = await bank.send({ method: 'POST', url: '/service/customerAttributes', json });
      assert.equal(made.statusCode, 201, made.body);
    }
    await load(bank, [header, ...rows]);
    const loaded = await bank.send({
      method: 'POST',
      url: '/service/accountLoads?mode=upsert',
      headers: { 'content-type': 'text/csv' },
      payload: accounts.join('\n'),
    });
    assert.equal(loaded.statusCode, 201, loaded.body);
  });
  beforeEach(() => set({ filterTypes: null, excludedCustomerAudienceTemplates: null }));
  after(() => bank.close());

  const read = async () => (await bank.send({ url })).json();
  const patch = (json: object, headers: Record<string, string> = { 'if-match': '*' }, query = '') =>
    bank.send({ method: 'PATCH', url: `${url}${query}`, json, headers });
  const set = async (json: object) => {
    const answer = await patch(json);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer;
  };
  const limit = (...filterTypes: object[]) => set({ filterTypes });
  const estimate = (...filters: FilterBody[]) =>
    bank.send({ method: 'POST', url: '/service/customerAudienceEstimates', json: { filters } });
  const count = async (...filters: FilterBody[]) => (await estimate(...filters)).json().customerCount;
  const create = (json: object, query = '') => {
    names += 1;
    return bank.send({
      method: 'POST',
      url: `/service/customerAudiences${query}`,
      json: { name: `Made ${names}`, ...json },
    });
  };
  const made = async (json: object) => {
    const answer = await create(json);
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json();
  };
  const patchAudience = (id: string, json: object) =>
    bank.send({
      method: 'PATCH',
      url: `/service/customerAudiences/${id}`,
      headers: { 'if-match': '*' },
      json,
    });
  const refused = (answer: LightMyRequestResponse, pointer: string) => {
    const { type, attributes } = answer.json();
    assert.deepEqual(
      [answer.statusCode, type, attributes?.pointer],
      [422, '/errors/invalidFilters/v1.0.0', pointer],
      answer.body,
    );
  };
  const typesByName = async () => {
    const { items } = (await bank.send({ url: '/service/analyticFilterTypes?limit=1000' })).json();
    return new Map<string, Record<string, unknown>>(items.map((item: { name: string }) => [item.name, item]));
  };

  test('settings are read and changed by their entity tag, a dry run changes none, and the change is on record', async () => {
    const first = await bank.send({ url });
    assert.deepEqual(first.json(), {
      excludedCustomerAudienceTemplates: [],
      filterTypes: [],
      defaultCountry: 'US',
      secondFactorRequired: true,
      distinctValuesPerDayMax: 5_000_000,
      versionsKeptDays: 400,
      versionsKeptMin: 10,
    });
    const tag = String(first.headers.etag);
    assert.equal((await bank.send({ url, headers: { 'if-none-match': tag } })).statusCode, 304);
    const change = {
      excludedCustomerAudienceTemplates: ['youngSavers'],
      filterTypes: [
        { name: 'customerAge', minimum: 18, hidden: false },
        { name: 'tier', hidden: true },
      ],
    };
    assert.equal((await patch(change, {})).statusCode, 428);
    assert.equal((await patch(change, { 'if-match': '"other"' })).statusCode, 412);
    assert.equal((await patch(change, { 'if-match': tag }, '?dryRun=true')).statusCode, 204);
    assert.deepEqual(await read(), first.json());

    const changed = await patch(change, { 'if-match': tag });
    assert.deepEqual([changed.statusCode, changed.json()], [200, { ...first.json(), ...change }]);
    const again = await bank.send({ url });
    assert.deepEqual([again.json(), again.headers.etag], [changed.json(), changed.headers.etag]);
    assert.notEqual(again.headers.etag, tag);
    const { items } = (
      await bank.send({ url: '/service/auditEntries?operation=patchInstitutionSettings&outcome=done&limit=1' })
    ).json();
    const { resource, detail } = items[0];
    assert.deepEqual([resource, detail.excludedCustomerAudienceTemplates], [institutionId, ['youngSavers']]);
    assert.deepEqual(detail.filterTypes[0], { id: 'customerAge', minimum: 18, hidden: false });

    const part = await patch({ excludedCustomerAudienceTemplates: null }, { 'if-match': String(again.headers.etag) });
    assert.deepEqual(
      [part.json().excludedCustomerAudienceTemplates, part.json().filterTypes],
      [[], change.filterTypes],
    );
    const same = await patch({ filterTypes: change.filterTypes });
    assert.equal(same.headers.etag, part.headers.etag);
  });

  test('the operator’s settings are shown, not taken, and neither loses the other’s', async () => {
    const limits = [{ name: 'regionCode', hidden: true }];
    await limit(...limits);
    for (const json of [{ versionsKeptDays: 1 }, { defaultCountry: 'CA' }, { matchRateAlarmPercent: 0 }])
      assert.equal((await patch(json)).statusCode, 400);
    await changeInstitutionSettings(bank, institutionId, { versionsKeptDays: 30, secondFactorRequired: false });
    const seen = await read();
    assert.deepEqual(
      [seen.filterTypes, seen.versionsKeptDays, seen.secondFactorRequired, seen.defaultCountry],
      [limits, 30, false, 'US'],
    );
    await limit();
    assert.equal((await read()).versionsKeptDays, 30);
  });

  test('administrators change them, everybody reads them, and no institution touches another’s', async () => {
    const analyst = await bank.createToken({ roles: ['analyst'], scopes: ['bankingAdmin/read', 'bankingAdmin/write'] });
    const request = { url, headers: { 'if-match': '*' }, json: { filterTypes: [] }, token: analyst };
    assert.equal((await bank.send({ method: 'PATCH', ...request })).statusCode, 403);
    assert.equal((await bank.send({ url, token: analyst })).statusCode, 200);
    const token = bank.tokens.other;
    const hidden = { filterTypes: [{ name: 'regionCode', hidden: true }] };
    assert.equal((await bank.send({ method: 'PATCH', ...request, json: hidden, token })).statusCode, 200);
    assert.deepEqual((await read()).filterTypes, []);
    assert.equal(await count(leaf('regionCode', 'equals', 'NC')), 20);
  });

  test('what widens a type, or is not there, is refused by its place', async () => {
    const kept = { filterTypes: [{ name: 'customerAge', minimum: 18 }] };
    await set(kept);
    const faults: [object, string][] = [
      [{ excludedCustomerAudienceTemplates: ['youngSavers', 'noTemplate'] }, '/excludedCustomerAudienceTemplates/1'],
      [{ filterTypes: [{ name: 'tier' }, { name: 'noType', hidden: true }] }, '/filterTypes/1/name'],
      [{ filterTypes: [{ name: 'tier' }, { name: 'tier', hidden: true }] }, '/filterTypes/1/name'],
      [{ filterTypes: [{ name: 'customerAge', minimum: 1 }] }, '/filterTypes/0/minimum'],
      [{ filterTypes: [{ name: 'customerAge', maximum: 131 }] }, '/filterTypes/0/maximum'],
      [{ filterTypes: [{ name: 'customerAge', minimum: 18.5 }] }, '/filterTypes/0/minimum'],
      [{ filterTypes: [{ name: 'customerAge', minimum: 40, maximum: 39 }] }, '/filterTypes/0/minimum'],
      [{ filterTypes: [{ name: 'score', maximum: '100.01' }] }, '/filterTypes/0/maximum'],
      [{ filterTypes: [{ name: 'score', maximum: '1.005' }] }, '/filterTypes/0/maximum'],
      [{ filterTypes: [{ name: 'customerSince', minimum: '2026-02-30' }] }, '/filterTypes/0/minimum'],
      [{ filterTypes: [{ name: 'customerSince', minimum: 2020 }] }, '/filterTypes/0/minimum'],
      [{ filterTypes: [{ name: 'regionCode', minimum: 'NC' }] }, '/filterTypes/0/minimum'],
      [{ filterTypes: [{ name: 'tier', minimum: 1 }] }, '/filterTypes/0/minimum'],
      [{ filterTypes: [{ name: 'regionCode', choices: ['NC'] }] }, '/filterTypes/0/choices'],
      [{ filterTypes: [{ name: 'tier', choices: ['gold', 'bronze'] }] }, '/filterTypes/0/choices/1'],
    ];
    for (const [json, pointer] of faults) {
      const answer = await patch(json);
      assert.deepEqual(
        [answer.statusCode, answer.json().type, answer.json().attributes?.pointer],
        [422, '/errors/unprocessableEntity/v1.0.0', pointer],
        answer.body,
      );
      for (const given of ['noTemplate', 'noType', 'bronze']) assert.ok(!answer.body.includes(given));
    }
    for (const json of [
      { filterTypes: [{ hidden: true }] },
      { filterTypes: [{ name: 'tier', choices: [] }] },
      { filterTypes: [{ name: 'tier', operators: [] }] },
    ])
      assert.equal((await patch(json)).statusCode, 400);
    assert.deepEqual((await read()).filterTypes, kept.filterTypes);
  });

  test('a hidden type is in no list and under no address, and new filters cannot ask about it', async () => {
    const audience = await made({ filters: [leaf('regionCode', 'equals', 'NC')] });
    const all = await typesByName();
    const tier = String(all.get('tier')?.id);
    await limit({ name: 'regionCode', hidden: true }, { name: 'tier', hidden: true });
    const offered = await typesByName();
    assert.deepEqual(
      [...all.keys()].filter((name) => !offered.has(name)),
      ['regionCode', 'tier'],
    );
    // The counts were taken before, for all types in their order.
    for (const [name, type] of offered) assert.deepEqual(type, all.get(name), name);
    for (const id of ['regionCode', tier])
      assert.equal((await bank.send({ url: `/service/analyticFilterTypes/${id}` })).statusCode, 404);
    const nested = { anyOf: [leaf('customerType', 'equals', 'retail'), { not: leaf('tier', 'equals', 'gold') }] };
    refused(await estimate(nested), '/filters/0/anyOf/1/not/filterType');
    refused(await create({ filters: [leaf('regionCode', 'equals', 'NC')] }), '/filters/0/filterType');
    refused(await patchAudience(audience.id, { filters: audience.filters }), '/filters/0/filterType');
    refused(await estimate({ ...leaf('', 'equals', 'gold'), filterType: { id: tier } }), '/filters/0/filterType');
    const template = { name: 'Hidden', filters: [leaf('regionCode', 'equals', 'NC')] };
    const kept = await bank.send({ method: 'POST', url: '/service/customerAudienceTemplates', json: template });
    refused(kept, '/filters/0/filterType');
    await limit();
    assert.deepEqual(await typesByName(), all);
    assert.equal(await count(nested), 38);
  });

  test('limits hold for the values of filters, and choices keep their meaning', async () => {
    const products = ['savings', 'loan', 'cd'];
    const before = await Promise.all(products.map((product) => count(leaf('productType', 'equals', product))));
    assert.deepEqual(before, [3, 2, 1]);
    await limit(
      { name: 'productType', choices: ['cd', 'loan'] },
      { name: 'customerType', choices: ['business'] },
      { name: 'customerAge', minimum: 18, maximum: 50 },
      { name: 'score', maximum: '10.00' },
      { name: 'tier', choices: ['silver'] },
    );
    const offered = await typesByName();
    assert.deepEqual(
      ['productType', 'customerType', 'customerAge', 'score', 'tier'].map((name) => offered.get(name)?.constraints),
      [
        { choices: ['cd', 'loan'] },
        { choices: ['business'] },
        { minimum: 18, maximum: 50 },
        { minimum: '0.00', maximum: '10.00' },
        { choices: ['silver'] },
      ],
    );
    assert.equal(await count(leaf('productType', 'equals', 'loan')), 2);
    assert.equal(await count(leaf('productType', 'in', 'cd', 'loan')), 3);
    assert.equal(await count(leaf('customerType', 'equals', 'business')), 10);
    assert.equal(await count(leaf('tier', 'equals', 'silver')), 30);
    assert.equal(await count(leaf('customerAge', 'equals', 50)), 1);
    assert.equal(await count(leaf('score', 'lessThanOrEqualTo', '10.00')), 10);
    for (const [filter, place] of [
      [leaf('productType', 'in', 'loan', 'savings'), 1],
      [leaf('customerType', 'notEquals', 'retail'), 0],
      [leaf('customerAge', 'greaterThanOrEqualTo', 17), 0],
      [leaf('customerAge', 'between', 18, 51), 1],
      [leaf('score', 'lessThan', '10.01'), 0],
      [leaf('tier', 'equals', 'gold'), 0],
    ] as const) {
      refused(await estimate(filter), `/filters/0/values/${place}`);
      refused(await create({ filters: [filter] }), `/filters/0/values/${place}`);
    }
    const fault = await estimate(leaf('productType', 'equals', 'savings'));
    assert.deepEqual(fault.json().attributes.allowed, ['cd', 'loan']);
  });

  test('audiences that are there go on: refreshed, followed, explained, renamed; a copy of the filters is new', async () => {
    const filters = [leaf('regionCode', 'in', 'TX'), { not: leaf('customerAge', 'greaterThan', 60) }];
    const audience = await made({ filters });
    const follower = await made({ filters, refresh: 'onCustomerLoad' });
    await limit({ name: 'regionCode', hidden: true }, { name: 'customerAge', maximum: 20 });
    await load(bank, [header, `T1,retail,${bornAt(60)},TX,gold,1`, `T2,retail,${bornAt(61)},TX,gold,1`]);
    await bank.app.refreshAudiences();
    const followed = (await bank.send({ url: `/service/customerAudiences/${follower.id}` })).json();
    assert.deepEqual([followed.customerCount, followed.refreshProblem], [1, undefined]);
    const refreshed = await bank.send({
      method: 'POST',
      url: `/service/refreshedCustomerAudiences?customerAudience=${audience.id}`,
    });
    assert.deepEqual([refreshed.statusCode, refreshed.json().customerCount], [200, 1], refreshed.body);
    const [customer] = (await bank.send({ url: '/service/customers?coreCustomerId=T1' })).json().items;
    const explained = await bank.send({
      url: `/service/customerAudiences/${audience.id}/customers/${customer.id}/explanation`,
    });
    assert.deepEqual(
      explained.json().filters.map(({ outcome }: { outcome: string }) => outcome),
      ['true', 'true'],
    );
    const renamed = await patchAudience(audience.id, { name: 'Goes on', refresh: 'daily' });
    assert.equal(renamed.statusCode, 200, renamed.body);
    const copy = await create({}, `?copyOf=${audience.id}`);
    assert.equal(copy.json().type, '/errors/invalidFilters/v1.0.0');
    assert.equal((await create({ freeze: true }, `?copyOf=${audience.id}`)).json().customerCount, 1);
  });

  test('what is said of deleted templates and attributes is not shown, and does not bind their successors', async () => {
    const attributes = '/service/customerAttributes';
    const define = async () => {
      const answer = await bank.send({
        method: 'POST',
        url: attributes,
        json: { name: 'segment', dataType: 'integer' },
      });
      assert.equal(answer.statusCode, 201, answer.body);
      return answer.json().id;
    };
    const template = await bank.send({
      method: 'POST',
      url: '/service/customerAudienceTemplates',
      json: { name: 'Soon gone', filters: [] },
    });
    const attributeId = await define();
    await set({
      excludedCustomerAudienceTemplates: [template.json().id, 'youngSavers'],
      filterTypes: [
        { name: 'segment', hidden: true },
        { name: 'tier', choices: ['gold'] },
      ],
    });
    const headers = { 'if-match': '*' };
    for (const gone of [`/service/customerAudienceTemplates/${template.json().id}`, `${attributes}/${attributeId}`])
      assert.equal((await bank.send({ method: 'DELETE', url: gone, headers })).statusCode, 204);
    const seen = await read();
    assert.deepEqual(
      [seen.excludedCustomerAudienceTemplates, seen.filterTypes],
      [['youngSavers'], [{ name: 'tier', choices: ['gold'] }]],
    );
    await define();
    assert.ok((await typesByName()).has('segment'));
    const { excludedCustomerAudienceTemplates, filterTypes } = await read();
    assert.equal((await patch({ excludedCustomerAudienceTemplates, filterTypes })).statusCode, 200);
  });

  test('a limit that an attribute has outgrown leaves it as narrow as it is', async () => {
    await limit({ name: 'score', minimum: 10, maximum: '90.00' }, { name: 'tier', choices: ['gold', 'silver'] });
    for (const [name, constraints] of [
      ['score', { minimum: '20.00', maximum: '95.00' }],
      ['tier', { choices: ['silver', 'none'] }],
    ] as const) {
      const { id } = (await typesByName()).get(name) ?? {};
      const answer = await bank.send({
        method: 'PATCH',
        url: `/service/customerAttributes/${id}`,
        headers: { 'if-match': '*' },
        json: { constraints },
      });
      assert.equal(answer.statusCode, 200, answer.body);
    }
    const offered = await typesByName();
    assert.deepEqual(offered.get('score')?.constraints, { minimum: '20.00', maximum: '90.00' });
    assert.deepEqual(offered.get('tier')?.constraints, { choices: ['silver'] });
  });
});
