import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type Scope, scopes } from '../../src/modules/access/index.ts';
import { listAdministered } from '../../src/modules/applications/administrator-store.ts';
import {
  createApplication,
  findClient,
  type NewApplication,
  verifySecret,
} from '../../src/modules/applications/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';

const applications = '/service/applications';
const machine = { name: 'Machine', authenticationType: 'clientCredentials', scopes: ['bankingAdmin/read'] };
const portal = {
  name: 'Portal',
  authenticationType: 'authorizationCode',
  scopes: ['bankingAdmin/read'],
  redirectUris: ['https://portal.example/callback'],
};
const mergePatch = { 'content-type': 'application/merge-patch+json' };

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(() => bank.close());

  const url = (id: string, below = '') => `${applications}/${id}${below}`;
  const get = (address: string, token = bank.tokens.own) => bank.send({ method: 'GET', url: address, token });
  const post = (address: string, json?: unknown, more: { token?: string; headers?: Record<string, string> } = {}) =>
    bank.send({ method: 'POST', url: address, ...(json === undefined ? {} : { json }), ...more });
  const tagOf = async (id: string) => String((await get(url(id))).headers.etag);
  const patch = async (id: string, json: unknown, more: { token?: string; headers?: Record<string, string> } = {}) =>
    bank.send({
      method: 'PATCH',
      url: url(id),
      json,
      ...more,
      headers: { 'if-match': await tagOf(id), ...more.headers },
    });
  const remove = (address: string, token = bank.tokens.own, headers: Record<string, string> = {}) =>
    bank.send({ method: 'DELETE', url: address, token, headers });

  async function make(body: Record<string, unknown> = {}): Promise<string> {
    const answer = await post(applications, { ...machine, ...body });
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json().id;
  }

  /** As the operator makes it, for several institutions too. */
  const seed = (application: Partial<NewApplication> = {}) =>
    bank.database.asOperator((tx) =>
      createApplication(
        tx,
        {
          institutionId,
          name: 'Seeded',
          authenticationType: 'clientCredentials',
          scopes: ['bankingAdmin/read'],
          at: bank.clock.now(),
          by: 'operator',
          ...application,
        },
        { apiKey: true },
      ),
    );
  const clientOf = async (id: string) => {
    const client = await bank.database.inAuthentication((tx) => findClient(tx, id));
    assert.ok(client !== undefined);
    return client;
  };
  const holds = async (id: string, secret: string) => verifySecret(await clientOf(id), secret, bank.clock.now());
  const auditOf = (resource: string) =>
    bank.database.asOperator((tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select(['institution_id', 'operation', 'outcome', 'detail'])
        .where('resource', '=', resource)
        .orderBy('institution_id')
        .orderBy('sequence')
        .execute(),
    );

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

  test('nobody hands out scopes that the own token lacks', async () => {
    const held: Scope[] = ['bankingAdmin/read', 'bankingAdmin/write'];
    const token = await bank.createToken({ scopes: held });
    const strong = await make({ scopes: ['identity/read', 'bankingAdmin/read'] });
    const withKey = await make({ scopes: ['identity/read'] });
    await post(url(withKey, '/apiKey'));
    const attempts = [
      post(applications, { ...machine, scopes: ['identity/read'] }, { token }),
      patch(strong, { roles: ['exporter'] }, { token }),
      patch(strong, { scopes: ['identity/read', 'bankingAdmin/write'] }, { token }),
      post(url(strong, '/secrets'), undefined, { token }),
      post(url(strong, '/apiKey'), undefined, { token }),
      post(`/service/activeApplications?application=${strong}`, undefined, { token }),
      post(`/service/activeApiKeys?application=${withKey}`, undefined, { token }),
      patch(strong, { clientAuthentication: 'private_key_jwt', jwks: { keys: [rsaKey()] } }, { token }),
    ];
    for (const [index, answer] of (await Promise.all(attempts)).entries()) {
      assert.equal(answer.statusCode, 403, `${index}: ${answer.body}`);
      assert.deepEqual(answer.json().attributes, { scopes: ['identity/read'] });
    }
    const denied = (await auditOf(strong)).filter(({ outcome }) => outcome === 'denied');
    assert.equal(denied.length, 6, 'each attempt is in the audit trail');
    // What takes away, or changes no right, needs no more than the role.
    assert.equal((await patch(strong, { name: 'Renamed' }, { token })).statusCode, 200);
    assert.equal((await patch(strong, { scopes: ['identity/read'] }, { token })).statusCode, 200);
    assert.equal(
      (await post(`/service/disabledApplications?application=${strong}`, undefined, { token })).statusCode,
      200,
    );
    assert.equal((await post(applications, { ...machine, scopes: held }, { token })).statusCode, 201);
  });

  test('nobody hands out institutions in which they are no administrator, whether these exist or not', async () => {
    for (const other of [otherInstitutionId, 'NOWHERE']) {
      const answer = await post(applications, { ...machine, institutions: [institutionId, other] });
      assert.equal(answer.statusCode, 403, answer.body);
      assert.deepEqual(answer.json().attributes, { institutions: [other] });
    }
    const id = await make();
    assert.equal((await patch(id, { institutions: [institutionId, otherInstitutionId] })).statusCode, 403);
    assert.equal((await patch(id, { institutions: [otherInstitutionId] })).statusCode, 422);
  });

  test('an application of two institutions gives the administrator of one no way into the other', async () => {
    const { id, secret } = await seed({ institutionIds: [otherInstitutionId] });
    assert.deepEqual((await get(url(id))).json().institutions, [institutionId, otherInstitutionId]);
    const attempts = [
      post(url(id, '/secrets')),
      post(url(id, '/apiKey')),
      patch(id, { roles: ['exporter'] }),
      patch(id, { scopes: ['bankingAdmin/read', 'customers/read'] }),
      post(`/service/activeApiKeys?application=${id}`),
    ];
    for (const answer of await Promise.all(attempts)) {
      assert.equal(answer.statusCode, 403, answer.body);
      assert.deepEqual(answer.json().attributes, { institutions: [otherInstitutionId] });
    }
    assert.equal((await patch(id, { name: 'Shared machine' })).statusCode, 200);
    const entries = (await auditOf(id)).filter((entry) => entry.institution_id === otherInstitutionId);
    assert.deepEqual(
      entries.map(({ operation, detail }) => [operation, detail]),
      [['patchApplication', { changed: ['name'], byInstitution: institutionId }]],
      'the other institution has it in its own audit trail',
    );
    assert.ok(await holds(id, secret ?? ''));
  });

  test('an administrator of both institutions may let an application act for both', async () => {
    for (const kind of ['application', 'person'] as const) {
      const institutionIds = [institutionId, otherInstitutionId];
      const { token, principalId } = await bank.createPrincipal({ institutionIds, scopes, kind });
      const headers = { 'institution-id': institutionId };
      const made = await post(applications, { ...machine, institutions: institutionIds }, { token, headers });
      assert.equal(made.statusCode, 201, made.body);
      assert.deepEqual(made.json().institutions, institutionIds);
      const { id } = made.json();
      assert.equal((await post(url(id, '/secrets'), undefined, { token, headers })).statusCode, 201);
      assert.equal((await get(url(id), bank.tokens.other)).statusCode, 200);
      const only = await make();
      const granted = await patch(only, { institutions: institutionIds }, { token, headers });
      assert.deepEqual([granted.statusCode, granted.json().institutions], [200, institutionIds], granted.body);
      const entries = (await auditOf(only)).filter((entry) => entry.institution_id === otherInstitutionId);
      assert.deepEqual(
        entries.map(({ operation }) => operation),
        ['patchApplication'],
      );

      // The role in this institution is no role in the other.
      await bank.database.asOperator(async (tx) => {
        if (kind === 'person') {
          await tx.db
            .updateTable('user_grant')
            .set({ roles: ['viewer'] })
            .where('user_account_id', '=', principalId)
            .where('institution_id', '=', otherInstitutionId)
            .execute();
        } else {
          await tx.db
            .deleteFrom('application_grant')
            .where('application_id', '=', principalId)
            .where('institution_id', '=', otherInstitutionId)
            .execute();
        }
      });
      const refused = await post(url(id, '/secrets'), undefined, { token, headers });
      assert.equal(refused.statusCode, 403, refused.body);
    }
  });

  test('a person is an administrator only where the application of the sign-in may act too', async () => {
    const institutionIds = [institutionId, otherInstitutionId];
    const { principalId } = await bank.createPrincipal({ institutionIds, scopes, kind: 'person' });
    for (const [granted, expected] of [
      [[institutionId], []],
      [institutionIds, [otherInstitutionId]],
    ] as const) {
      const { id: applicationId } = await seed({
        institutionIds: granted,
        authenticationType: 'authorizationCode',
        redirectUris: portal.redirectUris,
      });
      const principal = { kind: 'person', id: principalId, applicationId } as const;
      const administered = await bank.database.inAuthentication((tx) =>
        listAdministered(tx, principal, [otherInstitutionId]),
      );
      assert.deepEqual(administered, expected);
    }
  });

  test('what is taken away is gone with the next call', async () => {
    const institutionIds = [institutionId, otherInstitutionId];
    const settings = '/service/identifierTypes';
    const acting = async () => {
      const { token, applicationId } = await bank.createPrincipal({ institutionIds, scopes: ['bankingAdmin/read'] });
      const call = async (more: Record<string, string> = {}, institution = institutionId) =>
        (await bank.send({ url: settings, token, headers: { 'institution-id': institution, ...more } })).statusCode;
      // Known, and kept in memory.
      assert.deepEqual([await call(), await call({}, otherInstitutionId)], [200, 200]);
      return { id: applicationId, call };
    };
    const takes: ((id: string) => Promise<{ statusCode: number; body: string }>)[] = [
      (id) => post(`/service/disabledApplications?application=${id}`),
      async (id) => remove(url(id), bank.tokens.own, { 'if-match': await tagOf(id) }),
      (id) => patch(id, { scopes: [] }),
      (id) => patch(id, { roles: [] }),
    ];
    for (const [index, take] of takes.entries()) {
      const { id, call } = await acting();
      const taken = await take(id);
      assert.ok(taken.statusCode < 300, taken.body);
      assert.ok([401, 403].includes(await call()), `take ${index}`);
    }
    const withdrawn = await acting();
    await remove(url(withdrawn.id, `/institutions/${otherInstitutionId}`), bank.tokens.other);
    assert.equal(await withdrawn.call({}, otherInstitutionId), 403);

    const { id, call } = await acting();
    await remove(url(id, `/institutions/${otherInstitutionId}`), bank.tokens.other);
    const { apiKey } = (await post(url(id, '/apiKey'))).json();
    assert.deepEqual([await call(), await call({ 'api-key': apiKey })], [401, 200]);
    await post(`/service/disabledApiKeys?application=${id}`);
    assert.equal(await call({ 'api-key': apiKey }), 401);
  });

  test('an application of another home is seen, not changed, and its grant can be withdrawn', async () => {
    const { id } = await seed({ name: 'From elsewhere', institutionIds: [otherInstitutionId] });
    const token = bank.tokens.other;
    const seen = (await get(url(id), token)).json();
    assert.deepEqual(
      [seen.name, seen.homeInstitution, seen.institutions],
      ['From elsewhere', institutionId, [otherInstitutionId]],
      'who else uses it is not told',
    );
    const listed = (await get(`${applications}?name=from elsewhere`, token)).json().items;
    assert.deepEqual(listed, [seen]);
    const answers = [
      await bank.send({ method: 'PATCH', url: url(id), json: { name: 'x' }, token, headers: { 'if-match': '*' } }),
      await remove(url(id), token, { 'if-match': '*' }),
      await post(url(id, '/secrets'), undefined, { token }),
      await get(url(id, '/secrets'), token),
      await post(url(id, '/apiKey'), undefined, { token }),
      await post(`/service/disabledApplications?application=${id}`, undefined, { token }),
      await post(`/service/disabledApiKeys?application=${id}`, undefined, { token }),
    ];
    for (const answer of answers) {
      assert.equal(answer.statusCode, 403, answer.body);
      assert.match(answer.json().detail, /Another institution manages/);
    }
    const grant = (institution: string) => url(id, `/institutions/${institution}`);
    assert.equal((await remove(grant(institutionId), token)).statusCode, 404);
    const before = await tagOf(id);
    assert.equal((await remove(`${grant(otherInstitutionId)}?dryRun=true`, token)).statusCode, 204);
    assert.equal((await remove(grant(otherInstitutionId), token)).statusCode, 204);
    assert.equal((await get(url(id), token)).statusCode, 404);
    assert.equal((await remove(grant(otherInstitutionId), token)).statusCode, 404);
    assert.notEqual(await tagOf(id), before, 'the home sees that it has changed');
    assert.deepEqual((await clientOf(id)).institutionIds, [institutionId]);
    const operations = (await auditOf(id)).map(
      (entry) => `${entry.institution_id} ${entry.operation} ${entry.outcome}`,
    );
    assert.deepEqual(operations.toSorted(), [
      `${institutionId} deleteApplicationInstitution done`,
      `${otherInstitutionId} deleteApplicationInstitution done`,
      `${otherInstitutionId} deleteApplicationInstitution preview`,
    ]);
  });

  test('the home withdraws a grant too, but not its own', async () => {
    const { id } = await seed({ institutionIds: [otherInstitutionId] });
    assert.equal((await remove(url(id, `/institutions/${institutionId}`))).statusCode, 422);
    assert.equal((await remove(url(id, '/institutions/NOWHERE'))).statusCode, 404);
    assert.equal((await remove(url(id, `/institutions/${otherInstitutionId}`))).statusCode, 204);
    assert.equal((await get(url(id), bank.tokens.other)).statusCode, 404);
    assert.equal((await post(url(id, '/secrets'))).statusCode, 201, 'now it is ours alone');
  });

  test('another institution finds nothing of an application that is not granted to it', async () => {
    const id = await make();
    const { id: secretId } = (await post(url(id, '/secrets'))).json();
    const token = bank.tokens.other;
    const answers = [
      await get(url(id), token),
      await get(url(id, '/secrets'), token),
      await bank.send({ method: 'PATCH', url: url(id), json: { name: 'x' }, token, headers: { 'if-match': '*' } }),
      await remove(url(id), token, { 'if-match': '*' }),
      await post(url(id, '/secrets'), undefined, { token }),
      await remove(url(id, `/secrets/${secretId}`), token),
      await post(url(id, '/apiKey'), undefined, { token }),
      await post(`/service/disabledApplications?application=${id}`, undefined, { token }),
      await post(`/service/activeApiKeys?application=${id}`, undefined, { token }),
      await remove(url(id, `/institutions/${otherInstitutionId}`), token),
    ];
    for (const answer of answers) assert.equal(answer.statusCode, 404, answer.body);
    const listed = (await get(`${applications}?limit=1000`, token)).json().items;
    assert.ok(!listed.some((item: { id: string }) => item.id === id));
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

function rsaKey() {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
}
