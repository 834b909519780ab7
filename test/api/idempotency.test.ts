import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp, type TestRequest } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { seedAudience, seedCustomers } from './audience-data.ts';

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
    await seedCustomers(bank, 3);
  });
  after(() => bank.close());

  let keys = 0;
  const newKey = () => `key-${++keys}`;
  const archive = (id: string, key: string, more: Partial<TestRequest> = {}) =>
    bank.send({
      method: 'POST',
      url: `/service/archivedCustomerAudiences?customerAudience=${id}`,
      headers: { 'idempotency-key': key },
      ...more,
    });
  const importList = (name: string, key: string, more: Record<string, unknown> = {}) =>
    bank.send({
      method: 'POST',
      url: '/service/importedCustomerAudiences',
      headers: { 'idempotency-key': key },
      json: { identifierType: 'coreCustomerId', content: btoa('CORE-0\nCORE-1\n'), fileName: 'a.csv', name, ...more },
    });
  const countAudiences = async () => (await bank.send({ url: '/service/customerAudiences?limit=0' })).json().count;

  test('the same request again gets the stored answer, and is done once', async () => {
    const before = await countAudiences();
    const key = newKey();
    const first = await importList('Once', key);
    assert.equal(first.statusCode, 201, first.body);
    assert.equal(first.headers['idempotency-replayed'], undefined);
    const again = await importList('Once', key);
    assert.equal(again.statusCode, 201);
    assert.equal(again.headers['idempotency-replayed'], 'true');
    assert.deepEqual(again.json(), first.json());
    assert.equal(again.headers.location, first.headers.location);
    assert.equal(again.headers.etag, first.headers.etag);
    assert.equal(await countAudiences(), before + 1);

    const { id } = await seedAudience(bank, { name: 'Archived once' });
    const second = newKey();
    const done = await archive(id, second);
    assert.equal(done.statusCode, 200, done.body);
    const replayed = await archive(id, second);
    assert.equal(replayed.headers['idempotency-replayed'], 'true');
    assert.deepEqual(replayed.json(), done.json());
  });

  test('another request under the key is 422; another token or institution has keys of its own', async () => {
    const key = newKey();
    assert.equal((await importList('Keyed', key)).statusCode, 201);
    for (const change of [{ name: 'Other' }, { content: btoa('CORE-0\n') }, { fileName: 'b.csv' }]) {
      const other = await importList('Keyed', key, change);
      assert.equal(other.statusCode, 422, other.body);
      assert.equal(other.json().type, '/errors/idempotencyKeyReused/v1.0.0');
    }
    const { id } = await seedAudience(bank, { name: 'Keyed as well' });
    assert.equal((await archive(id, key)).statusCode, 422);
    const token = await bank.createToken({ scopes: ['bankingAdmin/write'] });
    assert.equal((await archive(id, key, { token })).statusCode, 200);
    assert.equal((await archive(id, key, { token: bank.tokens.other })).statusCode, 404);
  });

  test('an error is not stored: the key may try again', async () => {
    const key = newKey();
    const { id } = await seedAudience(bank, { name: 'Try again' });
    assert.equal((await archive('f'.repeat(20), key)).statusCode, 404);
    assert.equal((await archive(id, key, { url: '/service/archivedCustomerAudiences?x=1' })).statusCode, 400);
    assert.equal((await importList('', key)).statusCode, 400);
    assert.equal((await archive(id, key)).statusCode, 200);
  });

  test('a dry run leaves the key free', async () => {
    const key = newKey();
    const { id } = await seedAudience(bank, { name: 'Dry' });
    const url = `/service/archivedCustomerAudiences?customerAudience=${id}&dryRun=true`;
    assert.equal((await archive(id, key, { url })).statusCode, 204);
    const done = await archive(id, key);
    assert.deepEqual([done.statusCode, done.headers['idempotency-replayed']], [200, undefined]);
  });

  test('of two at once one is done; the other waits or gets the same answer', async () => {
    const before = await countAudiences();
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 4 }, () => importList('At once', key)));
    for (const answer of answers) {
      if (answer.statusCode === 409) assert.match(String(answer.headers['retry-after']), /^\d+$/);
      else assert.equal(answer.statusCode, 201, answer.body);
    }
    assert.equal(await countAudiences(), before + 1);
    assert.equal((await importList('At once', key)).statusCode, 201);
  });

  test('after a day the key is free again', async () => {
    const key = newKey();
    const { id } = await seedAudience(bank, { name: 'A day' });
    assert.equal((await archive(id, key)).statusCode, 200);
    bank.clock.advance(24 * 60 * 60 * 1_000 + 1);
    assert.equal((await archive(id, key)).headers['idempotency-replayed'], undefined);
  });

  test('a key of other characters, or of over 255, is 400', async () => {
    const { id } = await seedAudience(bank, { name: 'Bad keys' });
    for (const key of ['', 'a b', 'a,b', 'ä', 'a/b', 'x'.repeat(256)]) {
      const answer = await archive(id, key);
      assert.equal(answer.statusCode, 400, key);
      assert.equal(answer.json().type, '/errors/badRequest/v1.0.0');
    }
    assert.equal((await archive(id, `${'x'.repeat(244)}-_.$:~+=1aZ`)).statusCode, 200);
  });
});
