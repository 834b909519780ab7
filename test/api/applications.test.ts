import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { findClient } from '../../src/modules/applications/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { applicationCalls, applications, machine, portal, rsaKey, url } from './application-data.ts';

const mergePatch = { 'content-type': 'application/merge-patch+json' };

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(() => bank.close());

  const { auditOf, clientOf, get, make, patch, post, remove, tagOf } = applicationCalls(() => bank);

  test('an application is made without credentials, as the contract shows it', async () => {
    const answer = await post(applications, { ...machine, description: '*x*', owners: ['Ops'], roles: ['analyst'] });
    assert.equal(answer.statusCode, 201, answer.body);
    const { id, createdAt, createdBy, updatedAt, ...rest } = answer.json();
    assert.deepEqual(rest, {
      name: 'Machine',
      description: '*x*',
      homeInstitution: institutionId,
      institutions: [institutionId],
      authenticationType: 'clientCredentials',
      clientAuthentication: 'client_secret_basic',
      environment: 'production',
      state: 'active',
      apiKeyState: 'none',
      scopes: ['bankingAdmin/read'],
      roles: ['analyst'],
      redirectUris: [],
      postLogoutRedirectUris: [],
      owners: ['Ops'],
    });
    assert.equal(createdAt, updatedAt);
    assert.ok(createdBy !== '');
    assert.equal(answer.headers.location, url(id));
    const read = await get(url(id));
    assert.deepEqual(read.json(), answer.json());
    assert.equal(read.headers.etag, answer.headers.etag);
    const known = await bank.send({ url: url(id), headers: { 'if-none-match': String(read.headers.etag) } });
    assert.equal(known.statusCode, 304);
    const [entry] = await auditOf(id);
    assert.deepEqual([entry?.operation, entry?.outcome], ['createApplication', 'done']);
  });

  test('a repeated request under an Idempotency-Key makes one application; a dry run none', async () => {
    const headers = { 'idempotency-key': 'one-application' };
    const first = await post(applications, machine, { headers });
    const again = await post(applications, machine, { headers });
    assert.equal(again.headers['idempotency-replayed'], 'true');
    assert.equal(again.json().id, first.json().id);
    const count = async () => (await get(`${applications}?limit=0`)).json().count;
    const before = await count();
    assert.equal((await post(`${applications}?dryRun=true`, machine)).statusCode, 204);
    const shown = await post(`${applications}?dryRun=true`, machine, { headers: { prefer: 'return=representation' } });
    assert.deepEqual([shown.statusCode, shown.json().name], [200, 'Machine']);
    assert.equal(shown.headers.location, undefined);
    assert.equal(await count(), before);
  });

  test('parts that do not fit together are 422', async () => {
    const publicKey = rsaKey();
    const cases: [Record<string, unknown>, RegExp][] = [
      [{ ...machine, clientAuthentication: 'none' }, /clientAuthentication cannot be none/],
      [{ ...machine, redirectUris: ['https://a.example/'] }, /no redirect URIs/],
      [{ ...portal, redirectUris: [] }, /needs a redirect URI/],
      [{ ...portal, roles: ['viewer'] }, /Roles are those of the person/],
      [{ ...machine, clientAuthentication: 'private_key_jwt' }, /needs jwks/],
      [{ ...machine, jwks: { keys: [publicKey] } }, /private_key_jwt only/],
      [{ ...machine, institutions: [otherInstitutionId] }, /institutions must have it/],
    ];
    for (const [body, expected] of cases) {
      const answer = await post(applications, body);
      assert.equal(answer.statusCode, 422, answer.body);
      assert.match(answer.json().detail, expected);
      assert.equal(answer.json().type, '/errors/unprocessableEntity/v1.0.0');
    }
  });

  test('what is malformed is 400, and is not repeated', async () => {
    const bad: Record<string, unknown>[] = [
      { ...machine, name: '' },
      { ...machine, name: ' \u200b' },
      { ...machine, name: 'line\nsecret' },
      { ...machine, name: 'secret\u202e' },
      { ...machine, name: 'x'.repeat(81) },
      { ...machine, scopes: ['secret/all'] },
      { ...machine, scopes: ['bankingAdmin/read', 'bankingAdmin/read'] },
      { ...machine, roles: ['secret'] },
      { ...machine, state: 'disabled' },
      { ...machine, institutions: [] },
      { ...machine, institutions: ['secret institution'] },
      { ...machine, owners: Array(21).fill('secret') },
      { ...portal, redirectUris: Array.from({ length: 21 }, (_, index) => `https://secret.example/${index}`) },
      { ...portal, redirectUris: [`https://secret.example/${'x'.repeat(500)}`] },
      { ...portal, redirectUris: ['https://secret.example/ x'] },
    ];
    for (const body of bad) {
      const answer = await post(applications, body);
      assert.equal(answer.statusCode, 400, JSON.stringify(body));
      assert.ok(!answer.body.includes('secret'), answer.body);
    }
  });

  test('redirect URIs: https, or http to the own machine; nothing that compares in two ways', async () => {
    const good = [
      'https://a.example/',
      'https://a.example/callback?tenant=1',
      'https://a.example:8443/x',
      'http://127.0.0.1:4180/callback',
      'http://[::1]/callback',
    ];
    assert.deepEqual((await get(url(await make({ ...portal, redirectUris: good })))).json().redirectUris, good);
    const refused = [
      'http://a.example/',
      'http://localhost/callback',
      'http://127.0.0.1.evil.example/',
      'https://a.example',
      'https://a.example/#',
      'https://a.example/#x',
      'https://user@a.example/',
      'https://@a.example/',
      'https://user:pass@a.example/',
      'https://*.a.example/',
      'https://a.example/*',
      'https://a.example/x/../y',
      'https://a.example/%2e%2e/y',
      'https://a.example:443/',
      'HTTPS://a.example/',
      'https://A.example/',
      'https:\\\\a.example/',
      '//a.example/',
      '/callback',
      'javascript:alert(1)',
      'data:text/html,x',
      'com.example.app:/callback',
      'custom://callback',
      'file:///etc/passwd',
    ];
    for (const uri of refused) {
      const answer = await post(applications, { ...portal, redirectUris: [uri] });
      assert.equal(answer.statusCode, 422, uri);
      assert.match(answer.json().detail, /^One of redirectUris /);
      const logout = await post(applications, { ...portal, postLogoutRedirectUris: [uri] });
      assert.equal(logout.statusCode, 422, uri);
    }
  });

  test('keys are public, whole and strong; a private part is refused without being repeated', async () => {
    const byKey = { ...machine, clientAuthentication: 'private_key_jwt' };
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const ed = generateKeyPairSync('ed25519');
    const keys = [
      { ...rsaKey(), kid: 'rsa', use: 'sig', alg: 'PS256' },
      { ...ec.publicKey.export({ format: 'jwk' }), kid: 'ec' },
      { ...ed.publicKey.export({ format: 'jwk' }), kid: 'ed' },
    ];
    const id = await make({ ...byKey, jwks: { keys } });
    assert.deepEqual((await get(url(id))).json().jwks, { keys });
    assert.deepEqual((await clientOf(id)).jwks, { keys });
    const same = await patch(id, { jwks: { keys } });
    assert.equal(same.headers.etag, await tagOf(id));

    const privateKey = ec.privateKey.export({ format: 'jwk' });
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' });
    const { x: _x, ...half } = ec.publicKey.export({ format: 'jwk' });
    const symmetric = { kty: 'oct', k: 'c2VjcmV0' };
    const refused = [[privateKey], [symmetric], [weak], [half], [], [keys[0], keys[0]], Array(11).fill(keys[1])];
    for (const list of refused) {
      const answer = await post(applications, { ...byKey, jwks: { keys: list } });
      assert.equal(answer.statusCode, 400, answer.body);
      assert.ok(!answer.body.includes(String(privateKey.d)) && !answer.body.includes('c2VjcmV0'));
    }
  });

  test('a patch merges, takes If-Match, and ends earlier tokens only where it takes something away', async () => {
    const id = await make({ scopes: ['bankingAdmin/read', 'bankingAdmin/write'], roles: ['analyst', 'viewer'] });
    const validAfter = async () => (await clientOf(id)).tokensValidAfter.getTime();
    const first = await validAfter();
    for (const method of ['PATCH', 'DELETE'] as const) {
      const json = method === 'PATCH' ? { json: { name: 'x' } } : {};
      assert.equal((await bank.send({ method, url: url(id), ...json })).statusCode, 428);
      const headers = { 'if-match': '"other"' };
      assert.equal((await bank.send({ method, url: url(id), headers, ...json })).statusCode, 412);
    }
    const gives = {
      name: 'Changed',
      description: 'd',
      environment: 'staging',
      owners: ['A', 'B'],
      roles: ['analyst', 'viewer', 'exporter'],
      scopes: ['bankingAdmin/read', 'bankingAdmin/write', 'customers/read'],
    };
    const changed = await patch(id, gives, { headers: mergePatch });
    assert.equal(changed.statusCode, 200, changed.body);
    for (const [field, value] of Object.entries(gives)) assert.deepEqual(changed.json()[field], value, field);
    assert.equal(await validAfter(), first);
    assert.equal((await patch(id, gives)).headers.etag, changed.headers.etag, 'no change leaves the tag');
    assert.equal((await patch(id, { description: null })).json().description, undefined);
    assert.equal((await patch(id, { name: null })).statusCode, 422);
    for (const json of [{ state: 'disabled' }, { authenticationType: 'authorizationCode' }, { scopes: null }, []]) {
      assert.equal((await patch(id, json)).statusCode, 400, JSON.stringify(json));
    }
    for (const takes of [{ roles: ['analyst'] }, { scopes: ['bankingAdmin/read'] }]) {
      bank.clock.advance(1_000);
      assert.equal((await patch(id, takes)).statusCode, 200);
      assert.equal(await validAfter(), Date.parse((await get(url(id))).json().updatedAt));
    }
    const preview = await bank.send({
      method: 'PATCH',
      url: `${url(id)}?dryRun=true`,
      json: { name: 'Dry' },
      headers: { 'if-match': '*', prefer: 'return=representation' },
    });
    assert.deepEqual([preview.statusCode, preview.json().name, preview.headers.etag], [200, 'Dry', undefined]);
    assert.equal((await get(url(id))).json().name, 'Changed');
  });

  test('of two patches at once one wins and the other is told', async () => {
    const id = await make();
    const headers = { 'if-match': await tagOf(id) };
    const answers = await Promise.all(['left', 'right'].map((name) => patch(id, { name }, { headers })));
    assert.deepEqual(answers.map((answer) => answer.statusCode).sort(), [200, 412]);
  });

  test('a disabled application says so to the token endpoint, and its tokens end', async () => {
    const id = await make();
    bank.clock.advance(1_000);
    const disabled = await post(`/service/disabledApplications?application=${id}`);
    assert.deepEqual([disabled.statusCode, disabled.json().state], [200, 'disabled'], disabled.body);
    const client = await clientOf(id);
    assert.equal(client.state, 'disabled');
    assert.equal(client.tokensValidAfter.toISOString(), disabled.json().updatedAt);
    const again = await post(`/service/disabledApplications?application=${id}`);
    assert.equal(again.headers.etag, disabled.headers.etag, 'already there: no change');
    const enabled = await post(`/service/activeApplications?application=${id}`);
    assert.equal(enabled.json().state, 'active');
    assert.deepEqual((await clientOf(id)).tokensValidAfter, client.tokensValidAfter);
    const stale = await post(`/service/disabledApplications?application=${id}`, undefined, {
      headers: { 'if-match': String(disabled.headers.etag) },
    });
    assert.equal(stale.statusCode, 412);
  });

  test('a deleted application is gone with its secrets', async () => {
    const id = await make();
    await post(url(id, '/secrets'));
    const tag = await tagOf(id);
    assert.equal(
      (await bank.send({ method: 'DELETE', url: `${url(id)}?dryRun=true`, headers: { 'if-match': tag } })).statusCode,
      204,
    );
    assert.equal((await remove(url(id), bank.tokens.own, { 'if-match': tag })).statusCode, 204);
    assert.equal((await get(url(id))).statusCode, 404);
    assert.equal(await bank.database.inAuthentication((tx) => findClient(tx, id)), undefined);
    assert.deepEqual((await auditOf(id)).at(-1)?.operation, 'deleteApplication');
  });

  test('a list is filtered, sorted and paged', async () => {
    const names = ['ápple', 'Zebra', 'apple', 'Banana'];
    for (const name of names) await make({ name: `Sorted ${name}` });
    const disabled = await make({ ...portal, name: 'Sorted portal' });
    await post(`/service/disabledApplications?application=${disabled}`);
    const walk = async (query: string) => {
      const found: string[] = [];
      let next: string | undefined = `${applications}?name=SORTED&${query}`;
      while (next !== undefined) {
        const answer = await get(next);
        assert.equal(answer.statusCode, 200, answer.body);
        const page = answer.json();
        found.push(...page.items.map((item: { name: string }) => item.name.replace('Sorted ', '')));
        next = page.nextPage_url;
      }
      return found;
    };
    assert.deepEqual(await walk('limit=2'), ['apple', 'Banana', 'portal', 'Zebra', 'ápple']);
    assert.deepEqual(await walk('limit=1&sortBy=-createdAt'), ['portal', 'Banana', 'apple', 'Zebra', 'ápple']);
    assert.deepEqual(await walk('sortBy=-updatedAt&limit=3'), ['portal', 'Banana', 'apple', 'Zebra', 'ápple']);
    assert.deepEqual(await walk('state=disabled'), ['portal']);
    assert.deepEqual(await walk('authenticationType=authorizationCode|clientCredentials&state=active'), [
      'apple',
      'Banana',
      'Zebra',
      'ápple',
    ]);
    assert.deepEqual(await walk('authenticationType=authorizationCode'), ['portal']);
    for (const query of ['state=gone', 'sortBy=owners', 'authenticationType=x', 'start=abcdef', 'limit=1001']) {
      assert.equal((await get(`${applications}?${query}`)).statusCode, 400, query);
    }
    const cursor = new URL((await get(`${applications}?limit=1`)).json().nextPage_url, 'http://x').searchParams;
    const foreign = await get(`${applications}?limit=1&start=${cursor.get('start')}`, bank.tokens.other);
    assert.equal(foreign.statusCode, 400);
  });
});
