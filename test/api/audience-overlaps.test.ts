import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createOverlapThread } from '../../src/modules/audiences/overlaps/overlap-thread.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { replaceMembers, seedAudience, seedCustomers, seededId } from './audience-data.ts';

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    await seedCustomers(bank, 50);
  });
  after(() => bank.close());

  const get = (ids: readonly string[] | string, token?: string) =>
    bank.send({
      method: 'GET',
      url: `/service/customerAudienceOverlaps?audiences=${typeof ids === 'string' ? ids : ids.join()}`,
      ...(token === undefined ? {} : { token }),
    });
  let names = 0;
  const audience = async (members: readonly number[]) => {
    names += 1;
    return (await seedAudience(bank, { name: `Overlapping ${names}`, members })).id;
  };

  test('each, each pair and each exclusive intersection, of present members', async () => {
    const a = await audience([1, 2, 3, 4]);
    const b = await audience([9]);
    const c = await audience([2, 6]);
    await replaceMembers(bank, b, [2, 3, 5, 40]);
    await bank.send({ method: 'DELETE', url: `/service/customers/${seededId(40)}` });
    const answer = await get([a, b, c]);
    assert.equal(answer.statusCode, 200, answer.body);
    assert.deepEqual(answer.json(), {
      customerCount: 6,
      audiences: [
        { id: a, version: 1, customerCount: 4, withheldCount: 0 },
        { id: b, version: 2, customerCount: 3, withheldCount: 1 },
        { id: c, version: 1, customerCount: 2, withheldCount: 0 },
      ],
      pairs: [
        { audiences: [a, b], customerCount: 2, jaccard: 0.4 },
        { audiences: [a, c], customerCount: 1, jaccard: 0.2 },
        { audiences: [b, c], customerCount: 1, jaccard: 0.25 },
      ],
      intersections: [
        { audiences: [a], customerCount: 2 },
        { audiences: [b], customerCount: 1 },
        { audiences: [a, b], customerCount: 1 },
        { audiences: [c], customerCount: 1 },
        { audiences: [a, b, c], customerCount: 1 },
      ],
      intersectionCount: 5,
      more: false,
    });
    assert.match(String(answer.headers['cache-control']), /no-store/);
  });

  test('rounding, nobody at all, and an archived audience', async () => {
    const a = await audience([1, 2, 3]);
    const b = await audience([3, 4, 5, 6, 7]);
    assert.equal((await get([a, b])).json().pairs[0].jaccard, 0.1429);
    const none = await audience([]);
    const empty = await audience([]);
    const [pair] = (await get([none, empty])).json().pairs;
    assert.deepEqual([pair.customerCount, pair.jaccard], [0, 0]);
    await bank.send({ method: 'POST', url: `/service/archivedCustomerAudiences?customerAudience=${a}` });
    assert.equal((await get([a, b])).statusCode, 200);
  });

  test('2 to 20 different audiences', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 21; index += 1) ids.push(await audience([index, index + 1]));
    assert.equal((await get(ids.slice(0, 20))).json().pairs.length, 190);
    const [one = '', two = ''] = ids;
    for (const wrong of [
      '',
      one,
      ids,
      [one, one],
      [one, two, one],
      `${one},`,
      `,${one}`,
      `${one},,${two}`,
      `${one}|${two}`,
      `${one}, ${two}`,
      `${one},${'x'.repeat(49)}`,
      `${one},a'b`,
      `${one}&audiences=${two}`,
      `${one},${two}&limit=5`,
    ]) {
      const answer = await get(wrong);
      assert.equal(answer.statusCode, 400, JSON.stringify(wrong));
    }
  });

  test('one that is not there for the caller is named by its position, and nothing else', async () => {
    const a = await audience([1]);
    const b = await audience([1, 2]);
    const missing = await get([a, 'f'.repeat(20), 'e'.repeat(20)]);
    assert.deepEqual([missing.statusCode, missing.json().attributes], [404, { position: 2 }]);
    const person = await bank.createPrincipal({ kind: 'person', scopes: ['bankingAdmin/read'], roles: ['analyst'] });
    assert.deepEqual((await get([a, b], person.token)).json().attributes, { position: 1 });
    await bank.send({
      method: 'POST',
      url: `/service/customerAudiences/${a}/collaborators`,
      json: { principalId: person.principalId, access: 'view' },
    });
    const unseen = await get([a, b], person.token);
    assert.deepEqual([unseen.statusCode, unseen.json().attributes], [404, { position: 2 }]);
    assert.ok(!unseen.body.includes(b));
    assert.equal((await get([a, b], bank.tokens.other)).statusCode, 404);
    const administrator = await bank.createToken({ scopes: ['bankingAdmin/read'], roles: ['administrator'] });
    assert.equal((await get([a, b], administrator)).statusCode, 403, 'a count beside an audience of one is a member');
  });

  test('many at once: each gets its own counts, or 503', async () => {
    const ids = [await audience([1, 2]), await audience([2, 3]), await audience([4])];
    const [a = '', b = '', c = ''] = ids;
    const asked = Array.from({ length: 20 }, (_none, index) => (index % 2 === 0 ? [a, b] : [b, c]));
    const answers = await Promise.all(asked.map((pair) => get(pair)));
    const counted = answers.flatMap((answer, index) => (answer.statusCode === 200 ? [{ answer, index }] : []));
    assert.ok(counted.length >= 8);
    for (const { answer, index } of counted) {
      assert.equal(answer.json().pairs[0].customerCount, index % 2 === 0 ? 1 : 0);
    }
    for (const answer of answers.filter(({ statusCode }) => statusCode !== 200)) {
      assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '1']);
    }
    assert.equal((await get([a, b])).statusCode, 200);
  });
});

test('at most 8 wait or read; whoever comes then is told to come again', async () => {
  const thread = createOverlapThread();
  const none = new Uint8Array();
  const open = Promise.withResolvers<void>();
  const load = async () => {
    await open.promise;
    return { audiences: [none, none], gone: none };
  };
  const waiting = Array.from({ length: 8 }, () => thread.count(load));
  await assert.rejects(thread.count(load), { type: 'serviceUnavailable' });
  open.resolve();
  for (const counts of await Promise.all(waiting)) assert.equal(counts.customerCount, 0);
  assert.equal((await thread.count(load)).customerCount, 0);
  await thread.close();
});

test('the thread of overlaps answers errors, and a closed one begins anew', async () => {
  const thread = createOverlapThread();
  const none = new Uint8Array();
  const two = async () => ({ audiences: [none, none], gone: none });
  await assert.rejects(thread.count(async () => ({ audiences: [none], gone: none })));
  assert.equal((await thread.count(two)).customerCount, 0);
  const pending = thread.count(two).catch(() => 'ended');
  await thread.close();
  await pending;
  assert.equal((await thread.count(two)).customerCount, 0);
  await assert.rejects(
    thread.count(async () => {
      throw new Error('not loaded');
    }),
    /not loaded/,
  );
  await thread.close();
});
