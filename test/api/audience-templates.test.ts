import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scopes } from '../../src/modules/access/index.ts';
import type { FilterBody } from '../../src/modules/filters/index.ts';
import { institutionId, startTestApp, type TestApp, type TestRequest } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { load } from './customer-data.ts';

const url = '/service/customerAudienceTemplates';
const header = 'coreCustomerId,customerType,regionCode';
const rows = Array.from({ length: 30 }, (_, index) => `C${index},retail,${['NC', 'SC', 'VA'][index % 3]}`);
const inRegion = (...values: string[]): FilterBody => ({ filterType: { name: 'regionCode' }, operator: 'in', values });
const inAudience = (...values: string[]): FilterBody => ({
  filterType: { name: 'customerAudience' },
  operator: 'in',
  values,
});

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    await load(bank, [header, ...rows]);
  });
  after(() => bank.close());

  const keep = (json: object, request: Partial<TestRequest> = {}) =>
    bank.send({ method: 'POST', url, json, ...request });
  const kept = async (json: object, request: Partial<TestRequest> = {}) => {
    const answer = await keep(json, request);
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json();
  };
  const read = (id: string, headers: Record<string, string> = {}) => bank.send({ url: `${url}/${id}`, headers });
  const patch = (id: string, json: object, headers: Record<string, string> = {}, token?: string) =>
    bank.send({ method: 'PATCH', url: `${url}/${id}`, json, headers, ...(token === undefined ? {} : { token }) });
  const remove = (id: string, headers: Record<string, string> = {}, token?: string) =>
    bank.send({ method: 'DELETE', url: `${url}/${id}`, headers, ...(token === undefined ? {} : { token }) });
  const anyState = { 'if-match': '*' };
  const create = (id: string, json: object, request: Partial<TestRequest> = {}) =>
    bank.send({
      method: 'POST',
      url: `/service/customerAudiences?customerAudienceTemplateId=${id}`,
      json,
      ...request,
    });
  const exclude = async (...ids: string[]) => {
    const answer = await bank.send({
      method: 'PATCH',
      url: '/service/institutionSettings',
      headers: anyState,
      json: { excludedCustomerAudienceTemplates: ids },
    });
    assert.equal(answer.statusCode, 200, answer.body);
  };
  const lastEntry = async (operation: string) => {
    const page = await bank.send({ url: `/service/auditEntries?operation=${operation}&limit=1` });
    return page.json().items[0];
  };

  test('a template is made, read, changed and deleted, and others see it', async () => {
    const order = { name: 'The coast', description: '*South*', filters: [inRegion('NC')], refresh: 'daily' };
    const answer = await keep(order);
    const template = answer.json();
    assert.deepEqual([answer.statusCode, answer.headers.location], [201, `${url}/${template.id}`]);
    assert.deepEqual(template.filters, [
      {
        filterType: { id: 'regionCode', name: 'regionCode' },
        operator: 'in',
        values: ['NC'],
        ordinal: 0,
        includeMissingValues: false,
      },
    ]);
    const { name, description, refresh, builtIn, excluded } = template;
    assert.deepEqual([name, description, refresh, builtIn, excluded], ['The coast', '*South*', 'daily', false, false]);
    const tag = String(answer.headers.etag);
    assert.equal((await read(template.id, { 'if-none-match': tag })).statusCode, 304);
    const viewer = await bank.createToken({ roles: ['viewer'], scopes });
    const seen = await bank.send({ url: `${url}/${template.id}`, token: viewer });
    assert.deepEqual([seen.statusCode, seen.json()], [200, template]);

    assert.equal((await patch(template.id, { name: 'x' })).statusCode, 428);
    assert.equal((await patch(template.id, { name: 'x' }, { 'if-match': '"other"' })).statusCode, 412);
    const same = await patch(template.id, { ...order, filters: template.filters }, { 'if-match': tag });
    assert.deepEqual([same.statusCode, same.headers.etag, same.json()], [200, tag, template]);
    const tried = await bank.send({
      method: 'PATCH',
      url: `${url}/${template.id}?dryRun=true`,
      headers: { 'if-match': tag },
      json: { name: 'Tried' },
    });
    assert.equal(tried.statusCode, 204);
    const changed = await patch(
      template.id,
      { description: null, refresh: null, filters: [inRegion('NC', 'SC')] },
      { 'if-match': tag },
    );
    assert.notEqual(changed.headers.etag, tag);
    assert.deepEqual(
      [changed.json().name, changed.json().description, changed.json().refresh, changed.json().filters[0].values],
      ['The coast', undefined, undefined, ['NC', 'SC']],
    );
    assert.deepEqual((await lastEntry('patchCustomerAudienceTemplate')).detail.changed, [
      'description',
      'filters',
      'refresh',
    ]);
    for (const nothing of [{ name: null }, { filters: null }])
      assert.equal((await patch(template.id, nothing, anyState)).statusCode, 422);

    assert.equal((await remove(template.id)).statusCode, 428);
    assert.equal((await remove(template.id, { 'if-match': tag })).statusCode, 412);
    assert.equal((await remove(template.id, { 'if-match': String(changed.headers.etag) })).statusCode, 204);
    assert.equal((await read(template.id)).statusCode, 404);
  });

  test('names are unique whatever their case, also against built-in ones, and have something to see', async () => {
    const first = await kept({ name: 'Name taken', filters: [] });
    const second = await kept({ name: 'Name free', filters: [] });
    for (const name of ['NAME  taken', 'young savers']) {
      const answer = await keep({ name, filters: [] });
      assert.deepEqual([answer.statusCode, answer.json().type], [409, '/errors/conflict/v1.0.0'], name);
      assert.equal((await patch(second.id, { name }, anyState)).statusCode, 409, name);
    }
    assert.equal((await patch(first.id, { name: 'Name TAKEN' }, anyState)).json().name, 'Name TAKEN');
    for (const name of ['', ' ', 'x'.repeat(81), 'a\u202eb', 'a\nb'])
      assert.equal((await keep({ name, filters: [] })).statusCode, 400);
  });

  test('filters are held to their types, by place; audiences among them only when one is made', async () => {
    const wrong = await keep({
      name: 'Wrong',
      filters: [inRegion('NC'), { anyOf: [{ filterType: { name: 'none' }, operator: 'equals', values: [1] }] }],
    });
    assert.deepEqual(
      [wrong.statusCode, wrong.json().type, wrong.json().attributes.pointer],
      [422, '/errors/invalidFilters/v1.0.0', '/filters/1/anyOf/0/filterType'],
    );
    const template = await kept({ name: 'Right', filters: [inAudience('nowhere')] });
    assert.equal((await patch(template.id, { filters: [{}] }, anyState)).statusCode, 422);
    const answer = await create(template.id, { name: 'From nowhere' });
    assert.deepEqual([answer.statusCode, answer.json().attributes.pointer], [422, '/filters/0/values/0']);
  });

  test('a dry run keeps nothing, and a repeated key keeps one', async () => {
    const order = { name: 'Only once', filters: [] };
    const preview = await keep(order, { url: `${url}?dryRun=true`, headers: { prefer: 'return=representation' } });
    assert.deepEqual([preview.statusCode, preview.json().name], [200, 'Only once']);
    assert.equal((await bank.send({ url: `${url}?name=only+once` })).json().count, 0);
    const headers = { 'idempotency-key': 'template-1' };
    const first = await kept(order, { headers });
    assert.deepEqual(await kept(order, { headers }), first);
  });

  test('analysts change what they made, administrators everything, and whoever may not is on record', async () => {
    const analyst = await bank.createPrincipal({ roles: ['analyst'], scopes });
    const other = await bank.createPrincipal({ roles: ['analyst'], scopes });
    const administrator = await bank.createToken({ roles: ['administrator'], scopes });
    const template = await kept({ name: 'Of an analyst', filters: [] }, { token: analyst.token });
    assert.equal(template.createdBy, analyst.principalId);
    for (const refused of [
      await patch(template.id, { name: 'Mine' }, anyState, other.token),
      await remove(template.id, anyState, other.token),
    ]) {
      assert.deepEqual([refused.statusCode, refused.json().type], [403, '/errors/forbidden/v1.0.0']);
    }
    const entry = await lastEntry('deleteCustomerAudienceTemplate');
    assert.deepEqual([entry.outcome, entry.principalId, entry.resource], ['denied', other.principalId, template.id]);
    assert.equal((await patch(template.id, { description: 'a' }, anyState, analyst.token)).statusCode, 200);
    assert.equal((await patch(template.id, { description: 'b' }, anyState, administrator)).statusCode, 200);
    assert.equal((await remove(template.id, anyState, administrator)).statusCode, 204);
  });

  test('there is nothing of it for another institution, which may have the name', async () => {
    const template = await kept({ name: 'Ours alone', filters: [] });
    const token = bank.tokens.other;
    assert.equal((await bank.send({ url: `${url}/${template.id}`, token })).statusCode, 404);
    assert.equal((await patch(template.id, { name: 'x' }, anyState, token)).statusCode, 404);
    assert.equal((await remove(template.id, anyState, token)).statusCode, 404);
    assert.equal((await create(template.id, { name: 'x' }, { token })).statusCode, 404);
    await kept({ name: 'Ours alone', filters: [] }, { token });
    assert.equal((await bank.send({ url: `${url}?name=ours+alone`, token })).json().count, 1);
  });

  test('pages list the built-in ones among the others by name, each once', async () => {
    for (const name of ['éclair', 'Zebra', 'aardvark', 'Loan', '😀', 'loan, old']) await kept({ name, filters: [] });
    const page = async (query: string) => (await bank.send({ url: `${url}?${query}` })).json();
    const whole = await page('limit=1000');
    const names = whole.items.map((item: { name: string }) => item.name);
    const sorted = names.toSorted((a: string, b: string) =>
      Buffer.compare(Buffer.from(a.toLowerCase()), Buffer.from(b.toLowerCase())),
    );
    assert.deepEqual([names, names.length], [sorted, whole.count]);
    assert.ok(names.indexOf('Loan') < names.indexOf('Loan, no checking account'));
    assert.ok(names.indexOf('Loan, no checking account') < names.indexOf('loan, old'));
    const walked: string[] = [];
    for (let next = `${url}?limit=2`; next !== undefined; ) {
      const { items, nextPage_url: following, count } = (await bank.send({ url: next })).json();
      assert.equal(count, whole.count);
      assert.ok(walked.length < count, 'the walk ends');
      walked.push(...items.map((item: { name: string }) => item.name));
      next = following;
    }
    assert.deepEqual(walked, names);
    const found = await page('name=LOAN');
    assert.deepEqual(
      [found.items.map((item: { name: string }) => item.name), found.count],
      [['Loan', 'Loan, no checking account', 'loan, old'], 3],
    );
    assert.deepEqual([(await page('limit=0')).items, (await page('limit=0')).count], [[], whole.count]);
    const start = new URL(`http://x${(await page('limit=1')).nextPage_url}`).searchParams.get('start');
    assert.equal((await bank.send({ url: `${url}?name=loan&start=${start}` })).statusCode, 400);
  });

  test('built-in ones find whom they are named after', async () => {
    const day = (daysAgo: number) => new Date(bank.clock.now().getTime() - daysAgo * 86_400_000).toISOString();
    const bornIn = bank.clock.now().getUTCFullYear();
    await load(bank, [
      'coreCustomerId,customerType,birthYear,customerSince,emailAddress,onlineBankingEnrolled,lastLoginAt,electronicStatements',
      `B-new,retail,,${day(89).slice(0, 10)},,true,${day(1)},true`,
      `B-old,retail,,${day(92).slice(0, 10)},,true,,`,
      `B-young,retail,${bornIn - 28},,,,,`,
      `B-older,retail,${bornIn - 31},,,,,`,
      'B-paper,retail,,,paper@example.com,false,,false',
      'B-unreachable,retail,,,,,,false',
      `B-dormant,retail,,,,true,${day(182)},`,
      `B-awake,retail,,,,true,${day(178)},`,
    ]);
    const accounts = await bank.send({
      method: 'POST',
      url: '/service/accountLoads?mode=upsert',
      headers: { 'content-type': 'text/csv' },
      payload: [
        'accountId,coreCustomerIds,productType,balance,openedOn',
        '1,B-young|B-older,savings,99999.99,2020-01-01',
        '2,B-older,savings,0.01,2020-01-01',
        '3,B-paper,cd,1.00,2020-01-01',
        '4,B-dormant|B-awake,loan,500000.00,2020-01-01',
        '5,B-awake,checking,1.00,2020-01-01',
      ].join('\n'),
    });
    assert.equal(accounts.statusCode, 201, accounts.body);
    const found: Record<string, string[]> = {};
    for (const { id, builtIn } of (await bank.send({ url: `${url}?limit=1000` })).json().items) {
      if (!builtIn) continue;
      const made = await create(id, { name: `Found by ${id}` });
      assert.equal(made.statusCode, 201, made.body);
      const members = await bank.send({ url: `/service/customerAudiences/${made.json().id}/customers` });
      found[id] = members.json().items.map((item: { coreCustomerId: string }) => item.coreCustomerId);
    }
    assert.deepEqual(found, {
      newCustomers: ['B-new'],
      youngSavers: ['B-young'],
      withoutOnlineBanking: ['B-paper'],
      paperStatements: ['B-paper'],
      dormantOnlineUsers: ['B-dormant'],
      largeDeposits: ['B-older'],
      certificateHolders: ['B-paper'],
      loanWithoutChecking: ['B-dormant'],
    });
  });

  test('built-in ones show what they make, and nobody changes or deletes one', async () => {
    const { items } = (await bank.send({ url: `${url}?limit=1000` })).json();
    const builtIn = items.filter((item: { builtIn: boolean }) => item.builtIn);
    assert.ok(builtIn.length >= 6);
    for (const template of builtIn) {
      const answer = await read(template.id);
      assert.deepEqual(answer.json(), template);
      assert.equal((await read(template.id, { 'if-none-match': String(answer.headers.etag) })).statusCode, 304);
      const made = await create(template.id, { name: `From ${template.name}` });
      assert.deepEqual([made.statusCode, made.json().filters], [201, template.filters], made.body);
    }
    const { id } = builtIn[0];
    for (const refused of [await patch(id, { name: 'x' }, anyState), await remove(id, anyState)]) {
      assert.deepEqual([refused.statusCode, refused.json().type], [422, '/errors/unprocessableEntity/v1.0.0']);
      assert.match(refused.json().detail, /built-in/);
    }
  });

  test('an audience from a template has its filters and refresh unless it brings its own', async () => {
    const template = await kept({ name: 'To use', filters: [inRegion('NC')], refresh: 'onCustomerLoad' });
    const plain = await create(template.id, { name: 'As it is' });
    assert.equal(plain.statusCode, 201, plain.body);
    assert.deepEqual(
      [plain.json().filters, plain.json().refresh, plain.json().customerCount],
      [template.filters, 'onCustomerLoad', 10],
    );
    const entry = await lastEntry('createCustomerAudience');
    assert.deepEqual([entry.resource, entry.detail.customerAudienceTemplate], [plain.json().id, template.id]);
    const own = await create(template.id, { name: 'Wider', filters: [inRegion('NC', 'SC')], refresh: 'manual' });
    assert.deepEqual([own.json().customerCount, own.json().refresh], [20, 'manual']);

    assert.equal((await patch(template.id, { filters: [] }, anyState)).statusCode, 200);
    assert.equal((await remove(template.id, anyState)).statusCode, 204);
    const after = await bank.send({ url: `/service/customerAudiences/${plain.json().id}` });
    assert.deepEqual(after.json(), plain.json());
  });

  test('a template and a copy at once, freeze, and a template that is not there are refused', async () => {
    const template = await kept({ name: 'To refuse', filters: [inRegion('NC')] });
    const source = (await create(template.id, { name: 'Source' })).json();
    const both = await create(
      template.id,
      { name: 'Both' },
      {
        url: `/service/customerAudiences?customerAudienceTemplateId=${template.id}&copyOf=${source.id}`,
      },
    );
    assert.equal(both.statusCode, 400);
    assert.equal((await create(template.id, { name: 'Frozen', freeze: true })).statusCode, 400);
    assert.equal((await create('nothingThere', { name: 'Unknown' })).statusCode, 404);
    assert.equal((await bank.send({ url: '/service/customerAudiences?name=unknown' })).json().count, 0);
  });

  test('no audience is made from an excluded one, built-in or not, until it is allowed again', async () => {
    const template = await kept({ name: 'To exclude', filters: [inRegion('NC')] });
    const { etag } = (await read(template.id)).headers;
    await exclude(template.id, 'newCustomers');
    const seen = await read(template.id);
    assert.equal(seen.json().excluded, true);
    assert.notEqual(seen.headers.etag, etag);
    const listed = (await bank.send({ url: `${url}?limit=1000` })).json().items;
    assert.deepEqual(
      listed.filter((item: { excluded: boolean }) => item.excluded).map((item: { id: string }) => item.id),
      ['newCustomers', template.id],
    );
    for (const id of [template.id, 'newCustomers']) {
      const refused = await create(id, { name: 'Excluded', filters: [] });
      assert.deepEqual([refused.statusCode, refused.json().type], [422, '/errors/templateExcluded/v1.0.0']);
    }
    assert.equal((await create('newCustomers', { name: 'Elsewhere' }, { token: bank.tokens.other })).statusCode, 201);
    await exclude();
    assert.equal((await create(template.id, { name: 'Allowed again' })).statusCode, 201);
  });

  test('an audience is deleted although a template asks about it', async () => {
    const audience = (await create('newCustomers', { name: 'Asked about' })).json();
    const template = await kept({ name: 'Asks', filters: [inAudience(audience.id)] });
    const gone = await bank.send({
      method: 'DELETE',
      url: `/service/customerAudiences/${audience.id}`,
      headers: anyState,
    });
    assert.equal(gone.statusCode, 204);
    assert.equal((await read(template.id)).statusCode, 200);
    assert.equal((await create(template.id, { name: 'Too late' })).json().type, '/errors/invalidFilters/v1.0.0');
  });

  test('an institution has a hundred templates at most', async () => {
    await bank.database.inInstitution(institutionId, (tx) =>
      tx.client.query(
        `insert into audience_template (institution_id, id, name, name_key, filters, revision, created_at, created_by, updated_at)
          select $1, 'filler' || n, 'Filler ' || n, 'filler ' || n, '[]', 1, now(), 'test', now()
          from generate_series(1, 99 - (select count(*)::integer from audience_template where institution_id = $1)) n`,
        [institutionId],
      ),
    );
    await kept({ name: 'The hundredth', filters: [] });
    assert.equal((await keep({ name: 'One more', filters: [] })).statusCode, 422);
  });
});
