import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scopes } from '../../src/modules/access/index.ts';
import { createFilteredAudience } from '../../src/modules/audiences/filtered/filtered-audience-service.ts';
import { operatorContext } from '../../src/modules/commands/index.ts';
import { createFilterEvaluator, type FilterBody, type FilterEvaluator } from '../../src/modules/filters/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { load } from './customer-data.ts';

const header = 'coreCustomerId,customerType,birthYear,regionCode';
const rows = Array.from({ length: 60 }, (_, index) => {
  const region = ['NC', 'SC', 'VA', ''][index % 4];
  return `C${index},retail,${1950 + index},${region}`;
});
const inRegion = (...values: string[]): FilterBody => ({ filterType: { name: 'regionCode' }, operator: 'in', values });
const inAudience = (...values: string[]): FilterBody => ({
  filterType: { name: 'customerAudience' },
  operator: 'in',
  values,
});

forEachEngine((engine) => {
  let bank: TestApp;
  let names = 0;
  before(async () => {
    bank = await startTestApp(engine);
    await load(bank, [header, ...rows]);
  });
  after(() => bank.close());

  const create = (json: Record<string, unknown>, query = '', token?: string) => {
    names += 1;
    return bank.send({
      method: 'POST',
      url: `/service/customerAudiences${query}`,
      json: { name: `Made ${names}`, ...json },
      ...(token === undefined ? {} : { token }),
    });
  };
  const made = async (json: Record<string, unknown>, query = '') => {
    const answer = await create(json, query);
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json();
  };
  const read = (id: string) => bank.send({ url: `/service/customerAudiences/${id}` });
  const patch = async (id: string, json: Record<string, unknown>, headers: Record<string, string> = {}) => {
    const { headers: seen } = await read(id);
    return await bank.send({
      method: 'PATCH',
      url: `/service/customerAudiences/${id}`,
      headers: { 'if-match': String(seen.etag), ...headers },
      json,
    });
  };
  const membersOf = async (id: string, query = '') => {
    const page = await bank.send({ url: `/service/customerAudiences/${id}/customers?limit=1000${query}` });
    assert.equal(page.statusCode, 200, page.body);
    return page.json().items.map(({ coreCustomerId }: { coreCustomerId: string }) => coreCustomerId);
  };
  const refresh = (id: string) =>
    bank.send({ method: 'POST', url: `/service/refreshedCustomerAudiences?customerAudience=${id}` });
  test('the published request makes an audience with the members that its filters select', async () => {
    const answer = await create({
      description: 'As the guide has it',
      filters: [
        {
          filterType: { id: 'customerAge', name: 'customerAge' },
          operator: 'greaterThanOrEqualTo',
          values: [new Date().getUTCFullYear() - 1999],
          ordinal: 0,
          includeMissingValues: false,
        },
        { ...inRegion('NC'), ordinal: 1 },
      ],
    });
    assert.equal(answer.statusCode, 201, answer.body);
    const audience = answer.json();
    assert.equal(answer.headers.location, `/service/customerAudiences/${audience.id}`);
    const expected = rows.filter((_, index) => index % 4 === 0 && 1950 + index <= 1999).map((row) => row.split(',')[0]);
    assert.deepEqual(
      [audience.kind, audience.customerCount, audience.refresh, audience.version],
      ['filtered', expected.length, 'manual', 1],
    );
    assert.deepEqual(await membersOf(audience.id), expected);
    assert.deepEqual((await read(audience.id)).json(), audience);
    assert.deepEqual(audience.filters[1], {
      ...inRegion('NC'),
      filterType: { id: 'regionCode', name: 'regionCode' },
      ordinal: 1,
      includeMissingValues: false,
    });
  });

  test('what is neither filters nor a copy, or both, is refused', async () => {
    const source = await made({ filters: [inRegion('NC')] });
    for (const [json, query] of [
      [{}, ''],
      [{ filters: [inRegion('NC')], freeze: true }, ''],
      [{ filters: [inRegion('NC')] }, `?copyOf=${source.id}`],
      [{ refresh: 'daily', freeze: true }, `?copyOf=${source.id}`],
      [{ filters: [inRegion('NC')] }, '?version=1'],
    ] as const) {
      assert.equal((await create(json, query)).statusCode, 400);
    }
    assert.equal(
      (await create({ filters: [{ filterType: { name: 'none' }, operator: 'equals', values: [1] }] })).statusCode,
      422,
    );
    const taken = await create({ name: source.name, filters: [] });
    assert.deepEqual([taken.statusCode, taken.json().type], [409, '/errors/audienceNameTaken/v1.0.0']);
  });

  test('a dry run tells the count and makes nothing', async () => {
    const answer = await bank.send({
      method: 'POST',
      url: '/service/customerAudiences?dryRun=true',
      headers: { prefer: 'return=representation' },
      json: { name: 'Only tried', filters: [inRegion('NC', 'SC')] },
    });
    assert.deepEqual([answer.statusCode, answer.json().customerCount], [200, 30]);
    const found = await bank.send({ url: '/service/customerAudiences?name=Only+tried' });
    assert.equal(found.json().count, 0);
  });

  test('other filters make a version, the same members none, and earlier ones stay', async () => {
    const audience = await made({ filters: [inRegion('NC')] });
    const changed = await patch(audience.id, { filters: [inRegion('NC', 'SC')], name: `${audience.name}, wider` });
    assert.equal(changed.statusCode, 200, changed.body);
    assert.deepEqual(
      [changed.json().version, changed.json().customerCount, changed.json().name],
      [2, 30, `${audience.name}, wider`],
    );
    const same = await patch(audience.id, { filters: [inRegion('SC', 'NC')], refresh: 'daily' });
    assert.deepEqual([same.json().version, same.json().refresh], [2, 'daily']);
    const named = await patch(audience.id, { refresh: 'manual' });
    assert.deepEqual(
      [named.json().version, named.json().refresh, named.json().filters],
      [2, 'manual', same.json().filters],
    );
    assert.equal((await membersOf(audience.id, '&version=1')).length, 15);
    const versions = await bank.send({ url: `/service/customerAudiences/${audience.id}/versions` });
    assert.deepEqual(
      versions
        .json()
        .items.map((version: Record<string, unknown>) => [version.cause, version.addedCount, version.removedCount]),
      [
        ['filters', 15, 0],
        ['filters', 15, 0],
      ],
    );
  });

  test('a change is refused without filters, with null, on a list, when archived, and when it was overtaken', async () => {
    const audience = await made({ filters: [inRegion('NC')] });
    assert.equal((await patch(audience.id, { filters: null })).statusCode, 422);
    assert.equal((await patch(audience.id, { filters: [inRegion('VA')] }, { 'if-match': '"old"' })).statusCode, 412);
    assert.equal((await read(audience.id)).json().version, 1);
    const frozen = await made({ freeze: true }, `?copyOf=${audience.id}`);
    const onList = await patch(frozen.id, { filters: [inRegion('VA')] });
    assert.deepEqual([onList.statusCode, onList.json().type], [422, '/errors/audienceNotEditable/v1.0.0']);
    await bank.send({ method: 'POST', url: `/service/archivedCustomerAudiences?customerAudience=${audience.id}` });
    assert.equal((await patch(audience.id, { filters: [inRegion('VA')] })).statusCode, 409);
    assert.equal((await refresh(audience.id)).statusCode, 409);
  });

  test('a copy has the filters, a frozen one the members', async () => {
    const source = await made({ filters: [inRegion('VA')], refresh: 'daily' });
    const copy = await made({}, `?copyOf=${source.id}`);
    assert.deepEqual(
      [copy.kind, copy.filters, copy.refresh, copy.copyOf],
      ['filtered', source.filters, 'daily', source.id],
    );
    const frozen = await made({ freeze: true }, `?copyOf=${source.id}`);
    assert.deepEqual([frozen.kind, frozen.filters, frozen.customerCount], ['imported', undefined, 15]);
    assert.deepEqual(await membersOf(frozen.id), await membersOf(source.id));
  });

  test('audiences ask about audiences, not in a circle, and what is asked about stays', async () => {
    const inner = await made({ filters: [inRegion('NC', 'SC')] });
    const outer = await made({ filters: [inAudience(inner.id), { not: inRegion('SC') }] });
    assert.equal(outer.customerCount, 15);
    const circle = await patch(inner.id, { filters: [inAudience(outer.id)] });
    assert.deepEqual([circle.statusCode, circle.json().attributes.pointer], [422, '/filters']);
    const self = await patch(inner.id, { filters: [{ not: inAudience(inner.id) }] });
    assert.equal(self.statusCode, 422);
    const remove = async (id: string) =>
      await bank.send({
        method: 'DELETE',
        url: `/service/customerAudiences/${id}`,
        headers: { 'if-match': String((await read(id)).headers.etag) },
      });
    const used = await remove(inner.id);
    assert.deepEqual(
      [used.statusCode, used.json().attributes],
      [409, { audiences: [{ id: outer.id, name: outer.name }], count: 1 }],
    );
    assert.equal((await remove(outer.id)).statusCode, 204);
    assert.equal((await remove(inner.id)).statusCode, 204);
  });

  for (const moment of ['before its members are read', 'after its members were read']) {
    test(`an audience that is deleted while another is made from it, ${moment}, stops that one`, async () => {
      const inner = await made({ filters: [inRegion('NC')] });
      const remove = async () => {
        const headers = { 'if-match': '*' };
        await bank.send({ method: 'DELETE', url: `/service/customerAudiences/${inner.id}`, headers });
      };
      const evaluator = createFilterEvaluator({
        ...bank,
        memory: { columnBytesMax: 2 ** 24, bitmapBytesMax: 2 ** 24 },
      });
      const filterEvaluator: FilterEvaluator = {
        ...evaluator,
        async evaluate(institution, question) {
          if (moment.startsWith('before')) await remove();
          const answer = await evaluator.evaluate(institution, question);
          await remove();
          return answer;
        },
      };
      try {
        const context = operatorContext(institutionId, 'createCustomerAudience');
        const order = {
          name: 'Too late',
          description: undefined,
          filters: [inAudience(inner.id)],
          refresh: 'manual',
        } as const;
        await assert.rejects(createFilteredAudience({ ...bank, filterEvaluator }, context, order), {
          type: 'invalidFilters',
          attributes: { pointer: '/filters' },
        });
        assert.equal((await bank.send({ url: '/service/customerAudiences?name=Too+late' })).json().count, 0);
      } finally {
        await evaluator.close();
      }
    });
  }

  test('an audience that is not shared, or of another institution, cannot be asked about', async () => {
    const hidden = await made({ filters: [inRegion('NC')] });
    const analyst = await bank.createToken({ roles: ['analyst'], scopes });
    const answer = await create({ filters: [inAudience(hidden.id)] }, '', analyst);
    assert.deepEqual([answer.statusCode, answer.json().attributes?.pointer], [422, '/filters/0/values/0']);
    const other = await bank.createToken({ institutionId: otherInstitutionId, scopes });
    assert.equal((await create({ filters: [inAudience(hidden.id)] }, '', other)).statusCode, 422);
    const everybody = await create({ filters: [] }, '', other);
    assert.deepEqual([everybody.statusCode, everybody.json().customerCount], [201, 0]);
  });

  test('whoever only views an audience asks its filters no more', async () => {
    const audience = await made({ filters: [inRegion('NC')] });
    const analyst = await bank.createPrincipal({ kind: 'person', roles: ['analyst'], scopes });
    const shared = await bank.send({
      method: 'POST',
      url: `/service/customerAudiences/${audience.id}/collaborators`,
      json: { principalId: analyst.principalId, access: 'view' },
    });
    assert.ok(shared.statusCode < 300, shared.body);
    const url = `/service/refreshedCustomerAudiences?customerAudience=${audience.id}`;
    assert.equal((await bank.send({ method: 'POST', url, token: analyst.token })).statusCode, 403);
    assert.equal((await bank.send({ method: 'POST', url: url.replace(audience.id, 'nothing') })).statusCode, 404);
  });

  test('after a load, audiences that follow it find their members again, once', async () => {
    const follows = await made({ filters: [inRegion('TX')], refresh: 'onCustomerLoad' });
    const waits = await made({ filters: [inRegion('TX')] });
    await load(bank, [header, 'T1,retail,1980,TX', 'T2,retail,1981,TX']);
    await bank.app.refreshAudiences();
    await bank.app.refreshAudiences();
    const refreshed = (await read(follows.id)).json();
    assert.deepEqual([refreshed.version, refreshed.customerCount], [2, 2]);
    assert.notEqual((await read(follows.id)).headers.etag, undefined);
    assert.deepEqual([(await read(waits.id)).json().version, (await read(waits.id)).json().customerCount], [1, 0]);
    const again = await refresh(waits.id);
    assert.deepEqual([again.statusCode, again.json().version, again.json().customerCount], [200, 2, 2]);
    const same = await refresh(waits.id);
    assert.equal(same.json().version, 2);
  });

  test('an explanation says which filters a customer matches, and what nobody knows', async () => {
    const hasBranch = { filterType: { name: 'branch' }, operator: 'isPresent' };
    const audience = await made({ filters: [inRegion('NC'), { not: { anyOf: [inRegion('SC'), hasBranch] } }] });
    const found = await bank.send({ url: '/service/customers?coreCustomerId=C0|C1|C3' });
    const region = { id: 'regionCode', name: 'regionCode' };
    const explained = await Promise.all(
      found.json().items.map(async ({ id }: { id: string }) => {
        const answer = await bank.send({
          url: `/service/customerAudiences/${audience.id}/customers/${id}/explanation`,
        });
        const { member, sinceVersion, filters } = answer.json();
        const [first, second] = filters;
        assert.deepEqual(
          second.leaves.map(({ pointer }: { pointer: string }) => pointer),
          ['/filters/1/not/anyOf/0', '/filters/1/not/anyOf/1'],
        );
        const inner = second.leaves.map(({ outcome }: { outcome: string }) => outcome);
        return [member, sinceVersion, [first.outcome, second.outcome], first.leaves, inner];
      }),
    );
    const leaf = (outcome: string, valueClass?: string) => [
      { pointer: '/filters/0', filterType: region, outcome, ...(valueClass === undefined ? {} : { valueClass }) },
    ];
    assert.deepEqual(explained, [
      [true, 1, ['true', 'true'], leaf('true', 'N***'), ['false', 'false']],
      [false, undefined, ['false', 'false'], leaf('false', 'S***'), ['true', 'false']],
      [false, undefined, ['missing', 'missing'], leaf('missing'), ['missing', 'false']],
    ]);
  });

  test('a list does not edit what filters make', async () => {
    const audience = await made({ filters: [inRegion('NC')] });
    const answer = await bank.send({
      method: 'POST',
      url: `/service/customerAudiences/${audience.id}/importedCustomers`,
      json: {
        identifierType: 'coreCustomerId',
        fileName: 'a.csv',
        mode: 'add',
        content: Buffer.from('C1').toString('base64'),
      },
    });
    assert.deepEqual([answer.statusCode, answer.json().type], [422, '/errors/audienceNotEditable/v1.0.0']);
  });

  test('daily audiences are found again when a new day has begun', async () => {
    const daily = await made({ filters: [inRegion('UT')], refresh: 'daily' });
    await load(bank, [header, 'U1,retail,1980,UT']);
    await bank.app.refreshAudiences();
    assert.equal((await read(daily.id)).json().customerCount, 0);
    bank.clock.advance(24 * 60 * 60_000);
    await bank.app.refreshAudiences();
    const token = await bank.createToken({ scopes });
    const next = await bank.send({ url: `/service/customerAudiences/${daily.id}`, token });
    assert.equal(next.json().customerCount, 1);
  });
});
