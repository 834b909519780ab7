import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import type { CustomerItem } from '../../src/modules/customers/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { importList, load, revealedCustomers } from './customer-data.ts';

const header =
  'coreCustomerId,customerType,givenName,familyName,businessName,emailAddress,phoneNumber,regionCode,postalCode,birthYear,customerSince,taxIdNumber,username,accountNumbers';

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    await load(bank, [
      header,
      'C1,retail,Ann,Lee,,ann@example.com,(415) 555-2671,NC,28401,1980,2020-02-29,123456780,ann,001|002',
      'C2,business,,,Acme,info@acme.example,,SC,29001,,2021-01-01,960000001,,003',
      ...Array.from(
        { length: 8 },
        (_, index) => `D${index},retail,Given${index},Family,,,,NC,27000,${1990 + index},,,,`,
      ),
    ]);
  });
  after(async () => await bank.close());

  const idOf = async (coreCustomerId: string) => {
    const answer = await bank.send({ url: `/service/customers?coreCustomerId=${coreCustomerId}` });
    return String(answer.json().items[0]?.id);
  };
  const audit = async (operation: string) =>
    await bank.database.inInstitution(institutionId, async (tx) => {
      const { rows } = await sql<{ resource: string | null; outcome: string; detail: Record<string, unknown> }>`
        select resource, outcome, detail from audit_entry where operation = ${operation} order by sequence`.execute(
        tx.db,
      );
      return rows;
    });

  test('a customer is masked, and revealed only with identity/read and a reason, which is audited', async () => {
    const url = `/service/customers/${await idOf('C1')}`;
    const masked = {
      id: await idOf('C1'),
      coreCustomerId: 'C1',
      customerType: 'retail',
      givenName: 'Ann',
      familyName: 'Lee',
      emailAddress: 'a***@example.com',
      phoneNumber: '***-**-2671',
      regionCode: 'NC',
      postalCode: '28401',
      birthYear: 1980,
      customerSince: '2020-02-29',
    };
    const reader = await bank.createToken({ scopes: ['customers/read'] });
    const reason = { 'reveal-reason': 'card dispute 7' };
    assert.deepEqual((await bank.send({ url })).json(), masked);
    assert.deepEqual((await bank.send({ url, headers: reason, token: reader })).json(), masked);
    assert.equal((await audit('getCustomer')).length, 0);
    const revealed = await bank.send({ url, headers: reason });
    assert.deepEqual(revealed.json(), {
      ...masked,
      emailAddress: 'ann@example.com',
      phoneNumber: '+14155552671',
      taxIdNumber: '123456780',
      accountNumbers: ['001', '002'],
    });
    const [entry] = await audit('getCustomer');
    assert.deepEqual(
      [entry?.resource, entry?.outcome, entry?.detail.revealReason],
      [masked.id, 'done', 'card dispute 7'],
    );
    assert.equal((await bank.send({ url, headers: { 'reveal-reason': 'x'.repeat(201) } })).statusCode, 400);
  });

  test('a revealed page is audited with the ids it showed', async () => {
    const answer = await bank.send({ url: '/service/customers?limit=2', headers: { 'reveal-reason': 'check' } });
    const ids = answer.json().items.map((item: { id: string }) => item.id);
    assert.equal(answer.json().items[1].emailAddress, 'info@acme.example');
    const [entry] = await audit('listCustomers');
    assert.deepEqual(entry?.detail, { revealReason: 'check', customerCount: 2, customerIds: ids });
  });

  test('pages walk the whole base once, with the filter and the exact count', async () => {
    const seen: string[] = [];
    let url: string | undefined = '/service/customers?limit=3&regionCode=NC';
    while (url !== undefined) {
      const page: { count: number; items: CustomerItem[]; nextPage_url?: string } = (await bank.send({ url })).json();
      assert.equal(page.count, 9);
      seen.push(...page.items.map((item) => item.coreCustomerId));
      url = page.nextPage_url;
    }
    assert.deepEqual(seen, ['C1', 'D0', 'D1', 'D2', 'D3', 'D4', 'D5', 'D6', 'D7']);
    const countOnly = (await bank.send({ url: '/service/customers?limit=0' })).json();
    assert.deepEqual([countOnly.items, countOnly.count, countOnly.nextPage_url], [[], 10, undefined]);
  });

  test('filters: sets, ranges, all of them together; malformed ones are 400', async () => {
    const found = async (query: string) => {
      const page = (await bank.send({ url: `/service/customers?${query}` })).json();
      return page.items.map((item: { coreCustomerId: string }) => item.coreCustomerId);
    };
    assert.deepEqual(await found('customerType=business'), ['C2']);
    assert.deepEqual(await found('coreCustomerId=D1%7CD3&coreCustomerId=C2'), ['C2', 'D1', 'D3']);
    assert.deepEqual(await found('birthYear=%5B1995,)&regionCode=NC'), ['D5', 'D6', 'D7']);
    assert.deepEqual(await found('birthYear=99999999999'), []);
    assert.deepEqual(await found('customerSince=(2020-02-29,2021-01-01%5D'), ['C2']);
    assert.deepEqual(await found('postalCode=28401%7C29001&customerType=retail%7Cbusiness'), ['C1', 'C2']);
    for (const query of [
      'customerType=private',
      'birthYear=x',
      'start=abc',
      'name=x',
      'limit=1001',
      'coreCustomerId=',
    ]) {
      assert.equal((await bank.send({ url: `/service/customers?${query}` })).statusCode, 400, query);
    }
    const start = new URL(`http://x${(await bank.send({ url: '/service/customers?limit=1' })).json().nextPage_url}`);
    const cursor = start.searchParams.get('start');
    assert.equal((await bank.send({ url: `/service/customers?regionCode=NC&start=${cursor}` })).statusCode, 400);
  });

  test('the entity tag tells masked from revealed, and 304 answers what is known', async () => {
    const url = `/service/customers/${await idOf('D0')}`;
    const { etag } = (await bank.send({ url })).headers;
    const again = await bank.send({ url, headers: { 'if-none-match': String(etag) } });
    assert.deepEqual([again.statusCode, again.body], [304, '']);
    const revealed = await bank.send({ url, headers: { 'if-none-match': String(etag), 'reveal-reason': 'why' } });
    assert.equal(revealed.statusCode, 200);
    await load(bank, ['coreCustomerId,givenName', 'D0,Changed']);
    const changed = await bank.send({ url, headers: { 'if-none-match': String(etag) } });
    assert.deepEqual([changed.statusCode, changed.json().givenName], [200, 'Changed']);
  });

  test('another institution sees none of it', async () => {
    const id = await idOf('C1');
    const token = bank.tokens.other;
    assert.equal((await bank.send({ url: `/service/customers/${id}`, token })).statusCode, 404);
    assert.equal((await bank.send({ method: 'DELETE', url: `/service/customers/${id}`, token })).statusCode, 404);
    assert.equal((await bank.send({ url: '/service/customers', token })).json().count, 0);
    assert.equal((await bank.send({ url: `/service/customers/${id}` })).statusCode, 200);
  });

  test('erasure takes effect in every audience at once, and destroys tokens and envelopes', async () => {
    await load(bank, [header, 'E1,retail,Eve,Fox,,eve@example.com,,,,,,960000077,,E77']);
    const audience = await importList(bank, 'taxIdNumber', ['960-00-0077', '123456780']);
    assert.equal(audience.customerCount, 2);
    const id = await idOf('E1');
    const url = `/service/customers/${id}`;
    const dry = await bank.send({ method: 'DELETE', url: `${url}?dryRun=true` });
    assert.deepEqual([dry.statusCode, (await bank.send({ url })).statusCode], [204, 200]);
    const version = async () =>
      await bank.database.inInstitution(institutionId, async (tx) => {
        const { rows } = await sql<{ version: number }>`select customer_version as version from institution`.execute(
          tx.db,
        );
        return rows[0]?.version ?? 0;
      });
    const before = await version();
    assert.equal((await bank.send({ method: 'DELETE', url })).statusCode, 204);
    assert.equal(await version(), before + 1);
    assert.equal((await bank.send({ url })).statusCode, 404);
    assert.equal((await bank.send({ method: 'DELETE', url })).statusCode, 404);
    const members = (await bank.send({ url: `/service/customerAudiences/${audience.id}/customers` })).json();
    assert.deepEqual([members.items.length, members.count, members.withheldCount], [1, 2, 1]);
    const problem = await importList(bank, 'emailAddress', ['eve@example.com']);
    assert.match(problem.type, /noCustomersMatched/);
    const left = await bank.database.inInstitution(institutionId, async (tx) => {
      const { rows } = await sql<{ orphans: number }>`select count(*)::integer as orphans from customer_identifier i
        where not exists (select from customer c where c.ordinal = i.ordinal)`.execute(tx.db);
      return rows[0]?.orphans;
    });
    assert.equal(left, 0);

    // Who returns is somebody new: no old audience has the new ordinal.
    const back = await load(bank, [header, 'E1,retail,Eve,Fox,,eve@example.com,,,,,,960000077,,E77']);
    assert.deepEqual([back.insertedCount, back.returnedCount], [0, 1]);
    assert.notEqual((await revealedCustomers(bank)).get('E1')?.id, id);
    const later = (await bank.send({ url: `/service/customerAudiences/${audience.id}/customers` })).json();
    assert.deepEqual([later.items.length, later.withheldCount], [1, 1]);
    assert.equal((await importList(bank, 'taxIdNumber', ['960000077'])).customerCount, 1);
  });
});
