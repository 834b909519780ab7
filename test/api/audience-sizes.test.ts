import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { replaceMembers, seedAudience, seedCustomers } from './audience-data.ts';

const hourMs = 3_600_000;

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    await seedCustomers(bank, 50);
  });
  after(() => bank.close());

  const get = (audiences: readonly string[], since?: string, token?: string) => {
    const query = since === undefined ? '' : `&since=${since}`;
    const url = `/service/customerAudienceSizes?audiences=${audiences.join()}${query}`;
    return bank.send({ url, ...(token === undefined ? {} : { token }) });
  };
  let names = 0;
  const audience = async (...sizes: readonly number[]) => {
    names += 1;
    const [first = 0, ...others] = sizes;
    const members = (size: number) => Array.from({ length: size }, (_none, index) => index);
    const { id } = await seedAudience(bank, { name: `Sized ${names}`, members: members(first) });
    for (const size of others) {
      bank.clock.advance(hourMs);
      await replaceMembers(bank, id, members(size));
    }
    return id;
  };
  /** Further versions, an hour apart, straight into the table. */
  const addVersions = (id: string, many: number) =>
    bank.database.inInstitution(institutionId, (tx) =>
      tx.client.query(
        `insert into audience_version (institution_id, audience_id, version, members, customer_count, added_count,
            removed_count, cause, customer_version, made_at, made_by)
          select institution_id, audience_id, version + step, members, step, 0, 0, cause, customer_version,
            made_at + step * interval '1 hour', made_by
          from audience_version, generate_series(1, $2::integer) step where audience_id = $1 and version = 1`,
        [id, many],
      ),
    );
  const pointsOf = async (id: string, since?: string) => {
    const answer = await get([id], since);
    assert.equal(answer.statusCode, 200, answer.body);
    return answer.json().audiences[0].points;
  };

  test('the size of each version of each audience, in the order asked for', async () => {
    const [a, b] = [await audience(3, 5, 4), await audience(7)];
    const { audiences } = (await get([b, a])).json();
    const sizes = audiences.map(
      ({ id, points }: { id: string; points: { version: number; customerCount: number }[] }) => [
        id,
        points.map(({ version, customerCount }) => [version, customerCount]),
      ],
    );
    assert.deepEqual(sizes, [
      [b, [[1, 7]]],
      [
        a,
        [
          [1, 3],
          [2, 5],
          [3, 4],
        ],
      ],
    ]);
    const versions = (await bank.send({ url: `/service/customerAudiences/${a}/versions` })).json().items;
    assert.deepEqual(
      audiences[1].points.map(({ madeAt }: { madeAt: string }) => madeAt),
      versions.map(({ createdAt }: { createdAt: string }) => createdAt).reverse(),
    );
  });

  test('since a moment, with the version that was the present one then', async () => {
    const id = await audience(1, 2, 3);
    const points = await pointsOf(id);
    const [, second, third] = points;
    assert.deepEqual(await pointsOf(id, second.madeAt), [second, third]);
    const before = new Date(Date.parse(third.madeAt) - 1).toISOString();
    assert.deepEqual(await pointsOf(id, before), [second, third]);
    assert.deepEqual(await pointsOf(id, '2001-01-01T00:00:00.000Z'), points);
    assert.deepEqual(await pointsOf(id, '2101-01-01T00:00:00.000Z'), [third]);
    assert.equal((await get([id], 'yesterday')).statusCode, 400);
  });

  test('of many versions 400: the first, the last, and others at equal distances', async () => {
    for (const versions of [400, 401, 799, 2_000]) {
      const id = await audience(1);
      await addVersions(id, versions - 1);
      const found: number[] = (await pointsOf(id)).map(({ version }: { version: number }) => version);
      assert.equal(found.length, 400, String(versions));
      assert.deepEqual([found[0], found.at(-1)], [1, versions]);
      const gaps = found.slice(1).map((version, index) => version - (found[index] ?? 0));
      assert.ok(Math.max(...gaps) - Math.min(...gaps) <= 1, String(versions));
    }
  });

  test('1 to 100 different audiences; one that is not there for the caller is named by its position', async () => {
    const id = await audience(1);
    for (const wrong of [[], [id, id], [id, ''], Array.from({ length: 101 }, (_none, index) => `audience${index}`)]) {
      assert.equal((await get(wrong)).statusCode, 400, JSON.stringify(wrong));
    }
    const missing = await get([id, 'f'.repeat(20)]);
    assert.deepEqual([missing.statusCode, missing.json().attributes], [404, { position: 2 }]);
    assert.equal((await get([id], undefined, bank.tokens.other)).statusCode, 404);
    const stranger = await bank.createToken({ kind: 'person', scopes: ['bankingAdmin/read'], roles: ['analyst'] });
    assert.equal((await get([id], undefined, stranger)).statusCode, 404);
    const auditor = await bank.createToken({ kind: 'person', scopes: ['bankingAdmin/read'], roles: ['auditor'] });
    assert.equal((await get([id], undefined, auditor)).statusCode, 200);
  });
});
