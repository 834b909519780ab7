import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { applicationCalls, rsaKey, url } from './application-data.ts';

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(() => bank.close());

  const { auditOf, clientOf, get, holds, make, patch, post, remove, tagOf } = applicationCalls(() => bank);

  test('secrets: shown once, two at most, hashed, and the last of earlier tokens when one is deleted', async () => {
    const id = await make();
    const secrets = url(id, '/secrets');
    const first = await post(secrets);
    assert.equal(first.statusCode, 201, first.body);
    assert.match(first.json().secret, /^rcs_[-\w]{43}$/);
    assert.equal(first.headers.location, `${secrets}/${first.json().id}`);
    const second = await post(secrets);
    assert.equal(second.statusCode, 201);
    const third = await post(secrets);
    assert.deepEqual([third.statusCode, third.json().type], [409, '/errors/conflict/v1.0.0']);
    assert.ok(await holds(id, first.json().secret));
    assert.ok(await holds(id, second.json().secret));
    for (const other of ['', 'rcs_', first.json().secret.slice(0, -1), `${first.json().secret}x`]) {
      assert.ok(!(await holds(id, other)));
    }
    const listed = await get(secrets);
    assert.deepEqual(
      listed.json().items.map((item: { id: string }) => item.id),
      [second.json().id, first.json().id],
    );
    assert.ok(!listed.body.includes('secret"') && !listed.body.includes('rcs_'));
    const page = (await get(`${secrets}?limit=1`)).json();
    assert.deepEqual([page.count, page.items.length], [2, 1]);
    const rest = (await get(page.nextPage_url)).json();
    assert.deepEqual([rest.items[0].id, rest.nextPage_url], [first.json().id, undefined]);

    bank.clock.advance(1_000);
    const before = (await clientOf(id)).tokensValidAfter;
    assert.equal((await remove(`${secrets}/${first.json().id}`)).statusCode, 204);
    assert.ok(!(await holds(id, first.json().secret)));
    assert.ok(await holds(id, second.json().secret));
    assert.ok((await clientOf(id)).tokensValidAfter > before);
    assert.equal((await remove(`${secrets}/${first.json().id}`)).statusCode, 404);
    const text = JSON.stringify([await auditOf(id), bank.log]);
    for (const { secret } of [first.json(), second.json()]) assert.ok(!text.includes(secret));
    const stored = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('application_secret').select('secret_hash').where('application_id', '=', id).execute(),
    );
    const hash = createHash('sha256').update(second.json().secret).digest('hex');
    assert.deepEqual(
      stored.map((row) => row.secret_hash.toString('hex')),
      [hash],
    );
  });

  test('a rotation can let the secret before live on for a while', async () => {
    const id = await make();
    const secrets = url(id, '/secrets');
    const old = (await post(secrets)).json();
    const inTwoHours = new Date(bank.clock.now().getTime() + 7_200_000).toISOString();
    const rotated = await post(`${secrets}?previousExpiresAt=${inTwoHours}`);
    assert.equal(rotated.statusCode, 201, rotated.body);
    const listed = (await get(secrets)).json().items;
    assert.deepEqual(
      listed.map(({ expiresAt }: { expiresAt?: string }) => expiresAt),
      [undefined, inTwoHours],
    );
    assert.ok(await holds(id, old.secret));
    bank.clock.advance(7_200_000);
    assert.ok(!(await holds(id, old.secret)));
    assert.equal((await get(secrets)).json().count, 1);
    assert.equal((await post(secrets)).statusCode, 201, 'an expired one makes room');
    for (const days of [-1, 367]) {
      const at = new Date(bank.clock.now().getTime() + days * 86_400_000).toISOString();
      const answer = await post(`${secrets}?previousExpiresAt=${at}`);
      assert.equal(answer.statusCode, 422, answer.body);
    }
    assert.equal((await post(`${secrets}?previousExpiresAt=tomorrow`)).statusCode, 400);
  });

  test('of many rotations at once never three secrets are valid', async () => {
    const id = await make();
    await post(url(id, '/secrets'));
    const answers = await Promise.all(Array.from({ length: 6 }, () => post(url(id, '/secrets'))));
    assert.deepEqual(answers.map((answer) => answer.statusCode).toSorted(), [201, 409, 409, 409, 409, 409]);
    assert.equal((await get(url(id, '/secrets'))).json().count, 2);
  });

  test('an answer with a secret is not kept: its Idempotency-Key is 409 afterwards', async () => {
    const id = await make();
    for (const [address, name] of [
      [url(id, '/secrets'), 'secret'],
      [url(id, '/apiKey'), 'apiKey'],
    ] as const) {
      const headers = { 'idempotency-key': `once-${name}` };
      const first = await post(address, undefined, { headers });
      assert.equal(first.statusCode, 201);
      const again = await post(address, undefined, { headers });
      assert.deepEqual([again.statusCode, again.json().type], [409, '/errors/conflict/v1.0.0']);
      assert.match(again.json().detail, /shown once/);
      assert.ok(!again.body.includes(first.json()[name]));
      const other = await post(url(id, '/secrets?dryRun=false'), undefined, { headers });
      assert.equal(other.statusCode, 422, 'another request under the key');
    }
    assert.equal((await get(url(id, '/secrets'))).json().count, 1);
    const kept = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('idempotency_record').select('sealed_response').where('key', 'like', 'once-%').execute(),
    );
    assert.equal(kept.length, 2);
    // Even sealed there is no room for a secret in it.
    for (const { sealed_response: sealed } of kept) assert.ok((sealed?.byteLength ?? 0) < 80, `${sealed?.byteLength}`);
  });

  test('a dry run of a secret or a key shows none and changes nothing', async () => {
    const id = await make();
    const before = await tagOf(id);
    for (const below of ['/secrets', '/apiKey']) {
      assert.equal((await post(`${url(id, below)}?dryRun=true`)).statusCode, 204);
      const headers = { prefer: 'return=representation' };
      const shown = await post(`${url(id, below)}?dryRun=true`, undefined, { headers });
      assert.equal(shown.statusCode, 200, shown.body);
      assert.doesNotMatch(shown.body, /rc[sk]_/);
    }
    assert.equal(await tagOf(id), before);
    assert.equal((await get(url(id, '/secrets'))).json().count, 0);
  });

  test('an application that authenticates by keys has no secrets, and loses them on the way there', async () => {
    const id = await make();
    const { secret } = (await post(url(id, '/secrets'))).json();
    const moved = await patch(id, { clientAuthentication: 'private_key_jwt', jwks: { keys: [rsaKey()] } });
    assert.equal(moved.statusCode, 200, moved.body);
    assert.ok(!(await holds(id, secret)));
    assert.equal((await post(url(id, '/secrets'))).statusCode, 422);
    const back = await patch(id, { clientAuthentication: 'client_secret_post', jwks: null });
    assert.deepEqual([back.statusCode, back.json().jwks], [200, undefined]);
    assert.equal((await post(url(id, '/secrets'))).statusCode, 201);
  });

  test('an API key is shown once, replaced, disabled and enabled', async () => {
    const id = await make();
    const move = (state: string) => post(`/service/${state}ApiKeys?application=${id}`);
    const none = await move('disabled');
    assert.equal(none.statusCode, 422);
    assert.match(none.json().detail, /no API key/);
    const made = await post(url(id, '/apiKey'));
    assert.equal(made.statusCode, 201, made.body);
    assert.match(made.json().apiKey, /^rck_[-\w]{43}$/);
    const stored = async () => {
      const query = (tx: Parameters<Parameters<TestApp['database']['asOperator']>[0]>[0]) =>
        tx.db.selectFrom('application').select('api_key_hash').where('id', '=', id).executeTakeFirstOrThrow();
      return (await bank.database.asOperator(query)).api_key_hash?.toString('hex');
    };
    const hashOf = (key: string) => createHash('sha256').update(key).digest('hex');
    assert.equal(await stored(), hashOf(made.json().apiKey));
    const again = await post(url(id, '/apiKey'));
    assert.equal(await stored(), hashOf(again.json().apiKey));
    for (const [state, expected] of [
      ['disabled', 'disabled'],
      ['disabled', 'disabled'],
      ['active', 'active'],
    ] as const) {
      const answer = await move(state);
      assert.deepEqual([answer.statusCode, answer.json().apiKeyState], [200, expected], answer.body);
      assert.equal(answer.headers.etag, await tagOf(id));
    }
    assert.ok(!JSON.stringify([await auditOf(id), bank.log]).includes(again.json().apiKey));
  });
});
