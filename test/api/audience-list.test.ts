import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { AudienceRow } from '../../src/modules/audiences/index.ts';
import { nameKey } from '../../src/modules/audiences/index.ts';
import { otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { seedAudience } from './audience-data.ts';

const start = Date.parse('2026-01-01T00:00:00.000Z');
const day = 86_400_000;
/** As much of a name as decides the order; what follows is the next key's. */
const nameSortBytes = 82;

const longGreek = 'Ω'.repeat(60);
const names = [
  ...['alpha', 'Beta', 'GAMMA', 'Zeta 10', 'zeta 9', 'Ünder', 'under', 'émile', '日本語', '😀 smile', '"quoted" \\'],
  ...[`${longGreek} 2`, `${longGreek} 1`, `${'Q"'.repeat(38)} b`, `${'Q"'.repeat(38)} a`, '%', '_', 'a%b'],
  ...Array.from({ length: 12 }, (_, index) => `List ${index} ${'x'.repeat((index * 7) % 60)}`),
];

forEachEngine((engine) => {
  let bank: TestApp;
  let rows: AudienceRow[];

  before(async () => {
    bank = await startTestApp(engine);
    rows = [];
    for (const [index, name] of names.entries()) {
      const row = await seedAudience(bank, {
        name,
        // Equal times and counts, so that the later keys of a sort decide.
        at: new Date(start + ((index * 3) % 7) * day),
        by: index % 3 === 0 ? 'token-a' : 'token-b',
        customerCount: (index * 5) % 11,
      });
      rows.push(row);
    }
    for (const row of rows.filter((_, index) => index % 4 === 0)) {
      await bank.send({ method: 'POST', url: `/service/archivedCustomerAudiences?customerAudience=${row.id}` });
      row.state = 'archived';
    }
    for (const row of rows) {
      const now = await bank.send({ method: 'GET', url: `/service/customerAudiences/${row.id}` });
      row.updated_at = new Date(now.json().updatedAt);
    }
    await seedAudience(bank, { name: 'alpha', institution: otherInstitutionId });
  });
  after(() => bank.close());

  const list = (query: Record<string, string>) =>
    bank.send({ method: 'GET', url: `/service/customerAudiences?${new URLSearchParams(query)}` });

  async function walk(query: Record<string, string>): Promise<{ ids: string[]; counts: Set<number> }> {
    const ids: string[] = [];
    const counts = new Set<number>();
    let url: string | undefined = `/service/customerAudiences?${new URLSearchParams(query)}`;
    for (let pages = 0; url !== undefined; pages += 1) {
      assert.ok(pages < 200, 'a walk must end');
      const answer = await bank.send({ method: 'GET', url });
      assert.equal(answer.statusCode, 200, answer.body);
      const page = answer.json();
      ids.push(...page.items.map((item: { id: string }) => item.id));
      counts.add(page.count);
      url = page.nextPage_url;
      const cursor = new URL(url ?? '', 'http://x').searchParams.get('start') ?? '';
      assert.ok(cursor.length <= 256, `a cursor has ${cursor.length} characters`);
    }
    return { ids, counts };
  }

  const sortKeys = {
    name: (row: AudienceRow) => Buffer.from(row.name_key).subarray(0, nameSortBytes).toString('hex'),
    createdAt: (row: AudienceRow) => row.created_at.toISOString(),
    updatedAt: (row: AudienceRow) => row.updated_at.toISOString(),
    customerCount: (row: AudienceRow) => String(row.customer_count).padStart(10, '0'),
    id: (row: AudienceRow) => row.id,
  };
  type SortName = keyof typeof sortKeys;

  function sorted(wanted: AudienceRow[], sort: { field: SortName; descending: boolean }[]): string[] {
    const keys = [...sort, { field: 'id' as const, descending: sort.at(-1)?.descending ?? false }];
    return wanted
      .toSorted((a, b) => {
        for (const { field, descending } of keys) {
          const [left, right] = [sortKeys[field](a), sortKeys[field](b)];
          if (left !== right) return left < right === descending ? 1 : -1;
        }
        return 0;
      })
      .map((row) => row.id);
  }

  const sorts = fc
    .uniqueArray(
      fc.record({
        field: fc.constantFrom<SortName>('name', 'createdAt', 'updatedAt', 'customerCount'),
        descending: fc.boolean(),
      }),
      { selector: (key) => key.field, minLength: 1, maxLength: 4 },
    )
    .map((keys) => ({ keys, text: keys.map((key) => (key.descending ? '-' : '') + key.field).join(',') }));

  test('any sort, filter and page size: the walk is what a model in memory gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        sorts,
        fc.integer({ min: 1, max: 12 }),
        fc.record(
          {
            name: fc.constantFrom('LIST', 'a', 'ZETA ', 'ÜNDER', '%', '_', '日', '"', 'nobody'),
            state: fc.constantFrom('active', 'archived', 'active|archived'),
            createdBy: fc.constantFrom('token-a', 'token-b', 'nobody'),
            from: fc.integer({ min: 0, max: 7 }),
            counts: fc.tuple(fc.integer({ min: 0, max: 11 }), fc.integer({ min: 0, max: 11 })),
          },
          { requiredKeys: [] },
        ),
        async (sort, limit, filter) => {
          const query: Record<string, string> = { sortBy: sort.text, limit: String(limit) };
          let wanted = rows;
          if (filter.name !== undefined) {
            const part = nameKey(filter.name);
            query.name = filter.name;
            wanted = wanted.filter((row) => row.name_key.includes(part));
          }
          if (filter.state !== undefined) {
            const states = filter.state.split('|');
            query.state = filter.state;
            wanted = wanted.filter((row) => states.includes(row.state));
          }
          if (filter.createdBy !== undefined) {
            query.createdBy = filter.createdBy;
            wanted = wanted.filter((row) => row.created_by === filter.createdBy);
          }
          if (filter.from !== undefined) {
            const from = new Date(start + filter.from * day);
            query.createdAt = `(${from.toISOString()},]`;
            wanted = wanted.filter((row) => row.created_at > from);
          }
          if (filter.counts !== undefined) {
            const [lower, upper] = filter.counts.toSorted((a, b) => a - b);
            query.customerCount = `[${lower},${upper}]`;
            wanted = wanted.filter((row) => row.customer_count >= (lower ?? 0) && row.customer_count <= (upper ?? 0));
          }
          const { ids, counts } = await walk(query);
          assert.deepEqual(ids, sorted(wanted, sort.keys));
          assert.deepEqual([...counts], [wanted.length]);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('without sortBy the newest come first; kind filters; limit 0 counts', async () => {
    const { ids } = await walk({ limit: '7' });
    assert.deepEqual(ids, sorted(rows, [{ field: 'createdAt', descending: true }]));
    assert.equal((await list({ kind: 'filtered|combined' })).json().count, 0);
    assert.equal((await list({ kind: 'imported' })).json().count, rows.length);
    const none = (await list({ limit: '0' })).json();
    assert.deepEqual(none, { items: [], limit: 0, count: rows.length });
  });

  test('bounds beyond every audience are bounds, not errors', async () => {
    assert.equal((await list({ customerCount: '[999999999999999,]' })).json().count, 0);
    assert.equal((await list({ customerCount: '[,999999999999999]' })).json().count, rows.length);
    assert.equal((await list({ createdAt: '(,0001-01-01T00:00:00Z]' })).json().count, 0);
    assert.equal((await list({ createdAt: '[9999-12-31T23:59:59.999Z,]' })).json().count, 0);
  });

  test('unknown filters, sorts and values are 400', async () => {
    const refused = [
      { sortBy: 'id' },
      { sortBy: 'name,name' },
      { sortBy: 'fileName' },
      { state: 'activ' },
      { kind: 'list' },
      { createdAt: 'yesterday' },
      { customerCount: '1.5' },
      { limit: '1001' },
      { limit: '-1' },
      { color: 'red' },
      { name: 'x'.repeat(81) },
    ];
    for (const query of refused) {
      const answer = await list(query as Record<string, string>);
      assert.equal(answer.statusCode, 400, JSON.stringify(query));
    }
  });

  test('a cursor is worth nothing with other filters, another sort, another institution, or changed', async () => {
    const first = (await list({ limit: '3', sortBy: 'name' })).json();
    const cursor = new URL(first.nextPage_url, 'http://x').searchParams.get('start') ?? '';
    const middle = Math.floor(cursor.length / 2);
    const changed = `${cursor.slice(0, middle)}${cursor[middle] === 'A' ? 'B' : 'A'}${cursor.slice(middle + 1)}`;
    const refused = [
      { start: cursor },
      { start: cursor, sortBy: '-name' },
      { start: cursor, sortBy: 'name', state: 'active' },
      { start: changed, sortBy: 'name' },
      { start: cursor.slice(0, -4), sortBy: 'name' },
      { start: 'AAAA', sortBy: 'name' },
      { start: '=;=', sortBy: 'name' },
      { start: '', sortBy: 'name' },
      { start: 'A'.repeat(257), sortBy: 'name' },
    ];
    for (const query of refused) {
      const answer = await list({ limit: '3', ...query } as Record<string, string>);
      assert.equal(answer.statusCode, 400, JSON.stringify(query));
    }
    const foreign = await bank.send({ method: 'GET', url: first.nextPage_url, token: bank.tokens.other });
    assert.equal(foreign.statusCode, 400);
    const other = await list({ limit: '9', sortBy: 'name', start: cursor });
    assert.equal(other.statusCode, 200, 'the page size may change');
  });

  test('deleting the audience that a page ended with does not disturb the walk', async () => {
    const query = { sortBy: 'name', name: 'list', limit: '4' };
    const first = (await list(query)).json();
    const last = first.items.at(-1).id;
    const url = `/service/customerAudiences/${last}`;
    assert.equal((await bank.send({ method: 'DELETE', url, headers: { 'if-match': '*' } })).statusCode, 204);
    const next = (await bank.send({ method: 'GET', url: first.nextPage_url })).json();
    const wanted = sorted(
      rows.filter((row) => row.name_key.includes('list')),
      [{ field: 'name', descending: false }],
    );
    assert.deepEqual(
      next.items.map((item: { id: string }) => item.id),
      wanted.slice(4, 8),
    );
    rows = rows.filter((row) => row.id !== last);
  });
});
