import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { createMemberSets } from '../../src/modules/audiences/members/member-sets.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { replaceMembers, seedAudience, seedCustomers, seededId } from './audience-data.ts';

const customers = 1_500;
/** Random tests erase customers below this one; the others are there for tests that name theirs. */
const erasableBelow = 1_300;
const range = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);

forEachEngine((engine) => {
  let bank: TestApp;
  const erased = new Set<number>();
  before(async () => {
    bank = await startTestApp(engine);
    await seedCustomers(bank, customers);
    await seedCustomers(bank, 10, otherInstitutionId);
  });
  after(() => bank.close());

  const url = (id: string, collection: 'customers' | 'customerIds', query: Record<string, string> = {}) =>
    `/service/customerAudiences/${id}/${collection}?${new URLSearchParams(query)}`;
  const get = (address: string, headers: Record<string, string> = {}, token?: string) =>
    bank.send({ method: 'GET', url: address, headers, ...(token === undefined ? {} : { token }) });
  const erase = async (ordinal: number) => {
    const answer = await bank.send({ method: 'DELETE', url: `/service/customers/${seededId(ordinal)}` });
    assert.equal(answer.statusCode, 204, answer.body);
    erased.add(ordinal);
  };
  const alive = (ordinals: readonly number[]) => ordinals.filter((ordinal) => !erased.has(ordinal));
  const idOf = (item: string | { id: string }) => (typeof item === 'string' ? item : item.id);

  test('a page of members: today’s attributes, masked, in ordinal order', async () => {
    const { id } = await seedAudience(bank, { name: 'Shown', members: [700, 3, 70] });
    const answer = await get(url(id, 'customers'));
    assert.equal(answer.statusCode, 200, answer.body);
    const page = answer.json();
    assert.deepEqual([page.count, page.withheldCount, page.limit, page.nextPage_url], [3, 0, 100, undefined]);
    assert.deepEqual(page.items.map(idOf), [3, 70, 700].map(seededId));
    assert.deepEqual(page.items[1], {
      id: seededId(70),
      coreCustomerId: 'CORE-70',
      customerType: 'retail',
      givenName: 'Given70',
      familyName: 'Family70',
      emailAddress: 'p***@example.com',
      phoneNumber: '***-**-0070',
      regionCode: 'NC',
      postalCode: '28401',
      birthYear: 1980,
      customerSince: '2020-02-29',
    });
    assert.match(String(answer.headers['cache-control']), /no-store/);
    const ids = (await get(url(id, 'customerIds'))).json();
    assert.deepEqual(ids, { items: [3, 70, 700].map(seededId), limit: 100, count: 3, withheldCount: 0 });
  });

  test('a walk sees its version alone, whatever happens to the audience and the base meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<'customers' | 'customerIds'>('customers', 'customerIds'),
        fc.integer({ min: 1, max: 120 }),
        fc.uniqueArray(fc.nat(customers - 1), { minLength: 1, maxLength: 300 }),
        fc.array(
          fc.oneof(
            fc.record({ kind: fc.constant('erase' as const), ordinal: fc.nat(erasableBelow - 1) }),
            fc.record({ kind: fc.constant('replace' as const), ordinal: fc.nat(customers - 1) }),
            fc.record({ kind: fc.constant('rename' as const), ordinal: fc.nat() }),
          ),
          { maxLength: 6 },
        ),
        async (collection, limit, members, events) => {
          const ordinals = members.toSorted((a, b) => a - b);
          const audience = await seedAudience(bank, { name: `Walk ${Math.random()}`, members: ordinals });
          const goneAtStart = ordinals.length - alive(ordinals).length;
          let expected = alive(ordinals);
          const walked: number[] = [];
          const pending = [...events];
          let address: string | undefined = url(audience.id, collection, { limit: String(limit) });
          while (address !== undefined) {
            const answer = await get(address);
            assert.equal(answer.statusCode, 200, answer.body);
            const page = answer.json();
            assert.equal(page.count, ordinals.length, 'the count is the version’s');
            assert.equal(page.withheldCount, ordinals.length - alive(ordinals).length);
            assert.ok(page.withheldCount >= goneAtStart);
            assert.equal(page.items.length, Math.min(limit, expected.length - walked.length));
            walked.push(...page.items.map((item: string | { id: string }) => Number.parseInt(idOf(item).slice(1), 16)));
            address = page.nextPage_url;
            const event = pending.shift();
            if (event?.kind === 'erase' && !erased.has(event.ordinal)) {
              await erase(event.ordinal);
              // Who was listed before stays listed; who was still to come does not come.
              const reached = walked.at(-1) ?? -1;
              expected = expected.filter((ordinal) => ordinal <= reached || !erased.has(ordinal));
            }
            if (event?.kind === 'replace') await replaceMembers(bank, audience.id, [event.ordinal]);
            if (event?.kind === 'rename') {
              const target = `/service/customerAudiences/${audience.id}`;
              const json = { name: `Renamed ${Math.random()}` };
              await bank.send({ method: 'PATCH', url: target, json, headers: { 'if-match': '*' } });
            }
          }
          assert.deepEqual(walked, expected);
        },
      ),
      { numRuns: 25 },
    );
  });

  test('a new walk sees the new version while an old one goes on', async () => {
    const { id } = await seedAudience(bank, { name: 'Edited', members: range(0, 300) });
    const old = (await get(url(id, 'customerIds', { limit: '200' }))).json();
    await replaceMembers(bank, id, range(1_000, 1_010));
    const fresh = (await get(url(id, 'customerIds'))).json();
    assert.deepEqual(fresh.items, alive(range(1_000, 1_010)).map(seededId));
    assert.equal(fresh.count, 10);
    const rest = (await get(old.nextPage_url)).json();
    assert.equal(rest.count, 300);
    assert.deepEqual([...old.items, ...rest.items], alive(range(0, 300)).map(seededId));
  });

  test('who is gone is counted and never listed', async () => {
    const { id } = await seedAudience(bank, { name: 'Leaving', members: range(1_400, 1_410) });
    await erase(1_400);
    await erase(1_405);
    await erase(1_409);
    const page = (await get(url(id, 'customers', { limit: '7' }))).json();
    assert.deepEqual(page.items.map(idOf), [1_401, 1_402, 1_403, 1_404, 1_406, 1_407, 1_408].map(seededId));
    assert.deepEqual([page.count, page.withheldCount, page.nextPage_url], [10, 3, undefined]);
    const all = await seedAudience(bank, { name: 'All gone', members: [1_400, 1_405] });
    assert.deepEqual((await get(url(all.id, 'customers'))).json(), {
      items: [],
      limit: 100,
      count: 2,
      withheldCount: 2,
    });
  });

  test('page sizes: 0 counts, 1,000 customers, 10,000 ids, no more', async () => {
    const { id } = await seedAudience(bank, { name: 'Sizes', members: range(0, 1_400) });
    const none = (await get(url(id, 'customers', { limit: '0' }))).json();
    assert.deepEqual([none.items, none.limit, none.count, none.nextPage_url], [[], 0, 1_400, undefined]);
    const wanted = alive(range(0, 1_400)).map(seededId);
    const thousand = (await get(url(id, 'customers', { limit: '1000' }))).json();
    assert.deepEqual(thousand.items.map(idOf), wanted.slice(0, 1_000));
    const ids = (await get(url(id, 'customerIds', { limit: '10000' }))).json();
    assert.deepEqual(ids.items, wanted);
    assert.equal((await get(url(id, 'customers', { limit: '1001' }))).statusCode, 400);
    assert.equal((await get(url(id, 'customerIds', { limit: '10001' }))).statusCode, 400);
    assert.equal((await get(url(id, 'customers', { sortBy: 'familyName' }))).statusCode, 400);
  });

  test('a page that is exactly full and last has no next page', async () => {
    const { id } = await seedAudience(bank, { name: 'Full', members: alive(range(0, 60)).slice(0, 20) });
    assert.equal((await get(url(id, 'customers', { limit: '20' }))).json().nextPage_url, undefined);
    const first = (await get(url(id, 'customers', { limit: '10' }))).json();
    const second = (await get(first.nextPage_url)).json();
    assert.equal(second.items.length, 10);
    assert.equal(second.nextPage_url, undefined);
  });

  test('cursors of another audience, collection or institution, changed or malformed, are 400', async () => {
    const one = await seedAudience(bank, { name: 'One', members: range(0, 50) });
    const two = await seedAudience(bank, { name: 'Two', members: range(0, 50) });
    const next = (await get(url(one.id, 'customers', { limit: '5' }))).json().nextPage_url;
    const start = new URL(next, 'http://x').searchParams.get('start') ?? '';
    const changed = (at: number) => `${start.slice(0, at)}${start[at] === 'A' ? 'B' : 'A'}${start.slice(at + 1)}`;
    const refused = [
      url(two.id, 'customers', { start }),
      url(one.id, 'customerIds', { start }),
      ...Array.from(start, (_, at) => url(one.id, 'customers', { start: changed(at) })),
      url(one.id, 'customers', { start: `${start}A` }),
      url(one.id, 'customers', { start: 'abc' }),
      url(one.id, 'customers', { start: 'Ünicode' }),
      url(one.id, 'customers', { start: '' }),
    ];
    for (const address of refused) assert.equal((await get(address)).statusCode, 400, address);
    assert.equal((await get(next, {}, bank.tokens.other)).statusCode, 400);
    assert.equal((await get(url(one.id, 'customers', { start, limit: '50' }))).statusCode, 200);
    const target = `/service/customerAudiences/${one.id}`;
    await bank.send({ method: 'DELETE', url: target, headers: { 'if-match': '*' } });
    assert.equal((await get(next)).statusCode, 404);
  });

  test('another institution’s customers stay its own', async () => {
    const { id } = await seedAudience(bank, { name: 'Theirs', members: [1], institution: otherInstitutionId });
    assert.equal((await get(url(id, 'customers'))).statusCode, 404);
    const own = (await get(url(id, 'customers'), {}, bank.tokens.other)).json();
    assert.deepEqual(own.items.map(idOf), [seededId(1)]);
  });

  test('revealed needs the scope and a reason, and is audited before the answer', async () => {
    const { id } = await seedAudience(bank, { name: 'Revealed', members: [1_411, 1_412] });
    const headers = { 'reveal-reason': 'Case 4711' };
    const page = (await get(url(id, 'customers'), headers)).json();
    assert.deepEqual(
      [page.items[0].emailAddress, page.items[0].phoneNumber, page.items[0].taxIdNumber, page.items[0].accountNumbers],
      ['person1411@example.com', '+15550001411', '100001411', ['A1411']],
    );
    const entries = await bank.database.inInstitution(institutionId, (tx) =>
      tx.db.selectFrom('audit_entry').select(['operation', 'detail']).where('resource', '=', id).execute(),
    );
    assert.deepEqual(entries, [
      {
        operation: 'listCustomerAudienceCustomers',
        detail: {
          revealReason: 'Case 4711',
          audienceVersion: 1,
          customerCount: 2,
          customerIds: [seededId(1_411), seededId(1_412)],
        },
      },
    ]);
    const reader = await bank.createToken({ scopes: ['bankingAdmin/read'] });
    const masked = (await get(url(id, 'customers'), headers, reader)).json();
    assert.equal(masked.items[0].emailAddress, 'p***@example.com');
    assert.equal(masked.items[0].taxIdNumber, undefined);
    assert.ok(!bank.log.join('').includes('person1411'));
  });

  test('as CSV: the same page, the next one in Link', async () => {
    const { id } = await seedAudience(bank, { name: 'As CSV', members: range(1_420, 1_425) });
    const first = await get(url(id, 'customers', { limit: '3' }), { accept: 'text/csv' });
    assert.equal(first.statusCode, 200, first.body);
    assert.match(String(first.headers['content-type']), /^text\/csv/);
    assert.match(String(first.headers.vary), /Accept/);
    const lines = first.body.split('\r\n');
    assert.equal(
      lines[0],
      'id,coreCustomerId,customerType,givenName,familyName,businessName,emailAddress,phoneNumber,regionCode,postalCode,birthYear,customerSince',
    );
    assert.equal(
      lines[1],
      `${seededId(1_420)},CORE-1420,retail,Given1420,Family1420,,p***@example.com,***-**-1420,NC,28401,1980,2020-02-29`,
    );
    assert.equal(lines.length, 5);
    const [, next = ''] = /^<([^>]+)>; rel="next"$/.exec(String(first.headers.link)) ?? [];
    const second = await get(next, { accept: 'text/csv', 'reveal-reason': 'Mailing' });
    assert.equal(second.headers.link, undefined);
    const revealed = second.body.split('\r\n');
    assert.match(revealed[0] ?? '', /,taxIdNumber,accountNumbers$/);
    assert.match(revealed[1] ?? '', /person1423@example\.com.*,100001423,A1423$/);
    assert.equal(revealed.length, 4);
    assert.equal((await get(url(id, 'customers'), { accept: 'application/xml' })).statusCode, 406);
  });

  test('sets larger than the cache, or pushed out of it, give the same pages', async () => {
    const ids: string[] = [];
    for (const index of range(0, 4)) {
      ids.push((await seedAudience(bank, { name: `Cache ${index}`, members: range(index, 1_500, 7) })).id);
    }
    for (const bytesMax of [1, 4_000, 1_000_000]) {
      const sets = createMemberSets({ bytesMax });
      for (let round = 0; round < 3; round += 1) {
        const pages = await Promise.all(
          ids.map((audienceId) =>
            bank.database.inInstitution(institutionId, (tx) =>
              sets.readPage(
                tx,
                { audienceId, version: 1, isPresent: true, customerVersion: 1 },
                { afterOrdinal: 700, limit: 5 },
              ),
            ),
          ),
        );
        for (const [index, page] of pages.entries()) {
          const wanted = alive(range(index, 1_500, 7)).filter((ordinal) => ordinal > 700);
          assert.deepEqual(page?.ordinals, wanted.slice(0, 5));
          assert.equal(page?.hasMore, true);
        }
      }
      const missing = await bank.database.inInstitution(institutionId, (tx) =>
        sets.readPage(tx, { audienceId: ids[0] ?? '', version: 2, isPresent: false, customerVersion: 1 }, { limit: 5 }),
      );
      assert.equal(missing, undefined);
      sets.clear();
    }
  });
});
