import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { replaceMembers, seedAudience, seedCustomers, seededId } from './audience-data.ts';

const customers = 300;

forEachEngine((engine) => {
  let bank: TestApp;
  const erased = new Set<number>();
  before(async () => {
    bank = await startTestApp(engine);
    await seedCustomers(bank, customers);
    await seedCustomers(bank, 5, otherInstitutionId);
  });
  after(() => bank.close());

  const url = (id: string, path: string, query: Record<string, string> = {}) =>
    `/service/customerAudiences/${id}/${path}?${new URLSearchParams(query)}`;
  const get = (address: string, headers: Record<string, string> = {}, token?: string) =>
    bank.send({ method: 'GET', url: address, headers, ...(token === undefined ? {} : { token }) });
  const json = async (address: string) => {
    const answer = await get(address);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json();
  };
  const detail = async (address: string, status: number) => {
    const answer = await get(address);
    assert.equal(answer.statusCode, status, `${address}: ${answer.body}`);
    return String(answer.json().detail);
  };
  const walk = async (address: string) => {
    const items: unknown[] = [];
    for (let next: string | undefined = address; next !== undefined; ) {
      const page = await json(next);
      items.push(...page.items);
      next = page.nextPage_url;
    }
    return items;
  };
  const erase = async (ordinal: number) => {
    const answer = await bank.send({ method: 'DELETE', url: `/service/customers/${seededId(ordinal)}` });
    assert.equal(answer.statusCode, 204, answer.body);
    erased.add(ordinal);
  };
  const ascending = (set: Iterable<number>) => [...set].sort((a, b) => a - b);

  test('versions: newest first, by pages, each with its cause and counts', async () => {
    const { id } = await seedAudience(bank, { name: 'Listed', members: [1, 2, 3] });
    await replaceMembers(bank, id, [2, 3, 4, 5]);
    await replaceMembers(bank, id, [9]);
    const { items, count } = await json(url(id, 'versions'));
    assert.equal(count, 3);
    assert.deepEqual(
      items.map((item: Record<string, unknown>) => [
        item.version,
        item.cause,
        item.customerCount,
        item.addedCount,
        item.removedCount,
        item.isCurrent,
      ]),
      [
        [3, 'replace', 1, 1, 4, true],
        [2, 'replace', 4, 2, 1, false],
        [1, 'import', 3, 3, 0, false],
      ],
    );
    assert.equal(items[0].createdBy, 'seed-token');
    assert.equal(items[0].customerVersion, 1);
    assert.match(items[2].import, /^[0-9a-f]{20}$/);
    assert.equal(items[0].import, undefined);
    const first = await json(url(id, 'versions', { limit: '2' }));
    await replaceMembers(bank, id, [10]);
    const rest = await json(first.nextPage_url);
    assert.deepEqual(
      [...first.items, ...rest.items].map(({ version }) => version),
      [3, 2, 1],
    );
    assert.equal(rest.nextPage_url, undefined);
    assert.deepEqual((await json(url(id, 'versions', { limit: '0' }))).items, []);
  });

  test('one version: its entity tag changes once, when it is no longer the present one', async () => {
    const { id } = await seedAudience(bank, { name: 'Tagged', members: [1] });
    const one = await get(url(id, 'versions/1'));
    assert.equal(one.json().isCurrent, true);
    const tag = String(one.headers.etag);
    assert.equal((await get(url(id, 'versions/1'), { 'if-none-match': tag })).statusCode, 304);
    await replaceMembers(bank, id, [2]);
    const past = await get(url(id, 'versions/1'), { 'if-none-match': tag });
    assert.deepEqual([past.statusCode, past.json().isCurrent], [200, false]);
    assert.match(String(past.headers['cache-control']), /no-store/);
  });

  test('what a version changed, and the difference of any two, as plain sets say', async () => {
    // Those below are of the other tests, who erase nobody.
    const ordinal = fc.integer({ min: 100, max: customers - 1 });
    const members = fc.uniqueArray(ordinal, { minLength: 1, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(members, { minLength: 2, maxLength: 5 }),
        fc.nat(4),
        fc.nat(4),
        fc.integer({ min: 1, max: 50 }),
        fc.constantFrom('added', 'removed', 'added|removed', undefined),
        fc.option(ordinal),
        async (sets, a, b, limit, change, gone) => {
          const [first = [], ...others] = sets;
          const { id } = await seedAudience(bank, { name: `Changes ${Math.random()}`, members: first });
          for (const set of others) await replaceMembers(bank, id, set);
          if (gone !== null && !erased.has(gone)) await erase(gone);
          const version = (a % sets.length) + 1;
          const against = (b % sets.length) + 1;
          const filter = { limit: String(limit), ...(change === undefined ? {} : { change }) };
          const expected = (from: Iterable<number>, to: Iterable<number>) => {
            const [old, fresh] = [new Set(from), new Set(to)];
            const added = new Set([...fresh].filter((ordinal) => !old.has(ordinal)));
            const removed = new Set([...old].filter((ordinal) => !fresh.has(ordinal)));
            if (change === 'added') removed.clear();
            if (change === 'removed') added.clear();
            const all = ascending([...added, ...removed]);
            return {
              count: all.length,
              withheldCount: all.filter((ordinal) => erased.has(ordinal)).length,
              items: all
                .filter((ordinal) => !erased.has(ordinal))
                .map((ordinal) => ({ id: seededId(ordinal), change: added.has(ordinal) ? 'added' : 'removed' })),
            };
          };
          const path = `versions/${version}/changes`;
          const own = expected(sets[version - 2] ?? [], sets[version - 1] ?? []);
          assert.deepEqual(await walk(url(id, path, filter)), own.items);
          const head = await json(url(id, path, { ...filter, limit: '0' }));
          assert.deepEqual([head.count, head.withheldCount], [own.count, own.withheldCount]);
          const pair = expected(sets[against - 1] ?? [], sets[version - 1] ?? []);
          assert.deepEqual(await walk(url(id, path, { ...filter, against: String(against) })), pair.items);
        },
      ),
      { numRuns: 20 },
    );
  });

  test('the change of a version from before changes were stored is worked out', async () => {
    const { id } = await seedAudience(bank, { name: 'Older', members: [1, 2] });
    await replaceMembers(bank, id, [2, 3]);
    await bank.database.asOperator((tx) =>
      tx.client.query('update audience_version set added = null, removed = null where audience_id = $1', [id]),
    );
    assert.deepEqual(await walk(url(id, 'versions/2/changes')), [
      { id: seededId(1), change: 'removed' },
      { id: seededId(3), change: 'added' },
    ]);
  });

  test('members of a version, and of the one that was present at a moment', async () => {
    const at = bank.clock.now();
    const { id } = await seedAudience(bank, { name: 'Travelled', members: [11, 12, 13], at });
    bank.clock.advance(60_000);
    const between = bank.clock.now().toISOString();
    bank.clock.advance(60_000);
    await replaceMembers(bank, id, [13, 14]);
    const old = [11, 12, 13].map(seededId);
    const fresh = [13, 14].map(seededId);
    const ids = async (query: Record<string, string>) => {
      const page = await json(url(id, 'customerIds', query));
      return [page.version, page.items, page.count];
    };
    // Twice each: from the database, and from memory.
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(await ids({ version: '1' }), [1, old, 3]);
      assert.deepEqual(await ids({ version: '2' }), [2, fresh, 2]);
      assert.deepEqual(await ids({ asOf: between }), [1, old, 3]);
      assert.deepEqual(await ids({ asOf: at.toISOString() }), [1, old, 3]);
      assert.deepEqual(await ids({ asOf: bank.clock.now().toISOString() }), [2, fresh, 2]);
      assert.deepEqual(await ids({ asOf: '2999-01-01T00:00:00Z' }), [2, fresh, 2], 'what is to come is as it is now');
      assert.deepEqual(await ids({}), [undefined, fresh, 2]);
    }
    const rows = (await json(url(id, 'customers', { version: '1' }))).items;
    assert.deepEqual(
      rows.map((row: { id: string }) => row.id),
      old,
    );
    const csv = await get(url(id, 'customers', { version: '1' }), { accept: 'text/csv' });
    assert.equal(csv.body.trim().split('\r\n').length, 4);
    const past = new Date(at.getTime() - 1).toISOString();
    assert.match(await detail(url(id, 'customerIds', { asOf: past }), 404), /had not been made/);
    assert.match(await detail(url(id, 'customers', { asOf: past, version: '1' }), 400), /Send one of them/);
  });

  test('a walk of a version or a moment stays there', async () => {
    const { id } = await seedAudience(bank, { name: 'Walked', members: [21, 22, 23, 24] });
    bank.clock.advance(1_000);
    const asOf = bank.clock.now().toISOString();
    bank.clock.advance(1_000);
    await replaceMembers(bank, id, [24, 25]);
    for (const query of [{ version: '1' }, { asOf }]) {
      const first = await json(url(id, 'customerIds', { ...query, limit: '3' }));
      const rest = await json(first.nextPage_url);
      assert.deepEqual([...first.items, ...rest.items], [21, 22, 23, 24].map(seededId));
      assert.equal(rest.version, 1);
      const start = new URL(first.nextPage_url, 'http://x').searchParams.get('start') ?? '';
      for (const other of [{}, { version: '2' }, { asOf: '2026-01-01T00:00:00.000Z' }]) {
        assert.equal((await get(url(id, 'customerIds', { ...other, start }))).statusCode, 400, JSON.stringify(other));
      }
    }
  });

  test('numbers and moments that are none', async () => {
    const { id } = await seedAudience(bank, { name: 'Hostile', members: [31] });
    for (const version of ['0', '-1', '1e2', '1.0', ' 1', '+1', '0x1', '', 'null', '2147483648', '12345678901']) {
      assert.equal((await get(url(id, 'customers', { version }))).statusCode, 400, `version=${version}`);
      assert.equal((await get(url(id, 'versions/1/changes', { against: version }))).statusCode, 400, version);
      if (version !== '') {
        const address = `/service/customerAudiences/${id}/versions/${encodeURIComponent(version)}`;
        // Of an address that names nothing: 404, as for every malformed id.
        assert.equal((await get(address)).statusCode, 404, address);
        assert.equal((await get(`${address}/changes`)).statusCode, 404, address);
      }
    }
    for (const version of ['2', '2147483647']) {
      for (const address of [
        url(id, 'customers', { version }),
        url(id, 'customerIds', { version }),
        url(id, `versions/${version}`),
        url(id, `versions/${version}/changes`),
        url(id, 'versions/1/changes', { against: version }),
      ]) {
        assert.match(await detail(address, 404), /no such version/, address);
      }
    }
    for (const asOf of [
      '',
      'now',
      '2026-01-01',
      '2026-02-30T00:00:00Z',
      '[2026-01-01T00:00:00Z,]',
      '0',
      '9'.repeat(40),
    ]) {
      assert.equal((await get(url(id, 'customerIds', { asOf }))).statusCode, 400, `asOf=${asOf}`);
    }
    for (const change of ['', 'moved', 'added|moved']) {
      assert.equal((await get(url(id, 'versions/1/changes', { change }))).statusCode, 400, `change=${change}`);
    }
    assert.equal((await get(url(id, 'customerIds', { version: '1' }), {}, bank.tokens.other)).statusCode, 404);
  });

  test('cursors of another audience, version or filter are 400', async () => {
    const one = await seedAudience(bank, { name: 'Cursor one', members: [41, 42, 43] });
    const two = await seedAudience(bank, { name: 'Cursor two', members: [41, 42, 43] });
    for (const { id } of [one, two]) await replaceMembers(bank, id, [51, 52, 53]);
    const startOf = async (address: string) =>
      new URL((await json(address)).nextPage_url, 'http://x').searchParams.get('start') ?? '';
    const changes = await startOf(url(one.id, 'versions/2/changes', { limit: '2' }));
    const versions = await startOf(url(one.id, 'versions', { limit: '1' }));
    for (const address of [
      url(two.id, 'versions/2/changes', { start: changes }),
      url(one.id, 'versions/1/changes', { start: changes }),
      url(one.id, 'versions/2/changes', { start: changes, change: 'added' }),
      url(one.id, 'versions/2/changes', { start: changes, against: '1' }),
      url(one.id, 'versions', { start: changes }),
      url(two.id, 'versions', { start: versions }),
      url(one.id, 'versions', { start: `${versions}A` }),
    ]) {
      assert.equal((await get(address)).statusCode, 400, address);
    }
    assert.equal((await get(url(one.id, 'versions/2/changes', { start: changes, limit: '9' }))).statusCode, 200);
  });

  test('an archived audience is read like another; its versions are of nobody else', async () => {
    const { id } = await seedAudience(bank, { name: 'Put away', members: [61] });
    await bank.send({ method: 'POST', url: `/service/archivedCustomerAudiences?customerAudience=${id}` });
    assert.equal((await json(url(id, 'versions'))).count, 1);
    assert.equal((await json(url(id, 'customerIds', { version: '1' }))).count, 1);
    for (const path of ['versions', 'versions/1', 'versions/1/changes']) {
      assert.equal((await get(url(id, path), {}, bank.tokens.other)).statusCode, 404, path);
    }
    const counted = await bank.createToken({ scopes: ['bankingAdmin/read'], roles: ['administrator'] });
    assert.equal((await get(url(id, 'versions'), {}, counted)).statusCode, 200);
    assert.equal((await get(url(id, 'versions/1/changes'), {}, counted)).statusCode, 403, 'who came is of members');
    const rows = await bank.database.inInstitution(institutionId, (tx) =>
      tx.db.selectFrom('audience_version').select('version').where('audience_id', '=', id).execute(),
    );
    assert.deepEqual(rows, [{ version: 1 }]);
  });
});
