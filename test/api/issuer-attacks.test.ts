import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import * as client from 'openid-client';
import { forEachEngine } from '../support/engines.ts';
import {
  authorize,
  Browser,
  codeRequest,
  forPeople,
  type IssuerBank,
  redirectUri,
  shareIssuer,
} from './issuer-client.ts';

forEachEngine((engine) => {
  const issuer = shareIssuer(engine);

  test('a code works once: the second use fails and ends what the first one gave', async () => {
    const bank = issuer();
    const { config, redeem } = await codeOf(bank, { scope: 'openid offline_access bankingAdmin/read' });
    const first = await redeem();
    assert.equal(first.status, 200);
    const second = await redeem();
    assert.deepEqual([second.status, second.body.error], [400, 'invalid_grant']);
    await assert.rejects(client.refreshTokenGrant(config, String(first.body.refresh_token)), {
      error: 'invalid_grant',
    });
  });

  test('of uses of a code at once one succeeds at most', async () => {
    const bank = issuer();
    const { redeem } = await codeOf(bank);
    const answers = await Promise.all(Array.from({ length: 5 }, () => redeem()));
    const won = answers.filter(({ status }) => status === 200);
    assert.ok(won.length <= 1, `${won.length} got a token`);
    for (const { status, body } of answers) if (status !== 200) assert.equal(body.error, 'invalid_grant');
  });

  test('a code needs its verifier, its redirect URI and its client', async () => {
    const bank = issuer();
    const other = await bank.createApplication(forPeople());
    const wrong: Record<string, string>[] = [
      { code_verifier: codeRequest().verifier },
      { code_verifier: '' },
      { redirect_uri: `${redirectUri}/` },
      { redirect_uri: '' },
      { client_id: other.id },
      { code: 'x'.repeat(43) },
    ];
    for (const changes of wrong) {
      const { redeem } = await codeOf(bank);
      const { status, body } = await redeem(changes);
      assert.equal(status, 400, JSON.stringify(changes));
      assert.match(String(body.error), /^invalid_(grant|request)$/, JSON.stringify(changes));
    }
  });

  test('PKCE cannot be left out or turned down, by public and by confidential clients', async () => {
    const bank = issuer();
    const open = await bank.createApplication(forPeople());
    const closed = await bank.createApplication(forPeople({ clientAuthentication: 'client_secret_basic' }));
    const { code_challenge: challenge = '', code_challenge_method: _method, ...rest } = codeRequest().parameters;
    const downgrades: Record<string, string>[] = [
      {},
      { code_challenge: challenge },
      { code_challenge: challenge, code_challenge_method: 'plain' },
      { code_challenge: challenge, code_challenge_method: 's256' },
      { code_challenge_method: 'S256' },
      { code_challenge: 'short', code_challenge_method: 'S256' },
    ];
    for (const { id } of [open, closed]) {
      for (const changes of downgrades) {
        const { callback } = await ask(bank, { ...rest, ...changes, client_id: id });
        assert.equal(callback?.searchParams.get('error'), 'invalid_request', JSON.stringify(changes));
        assert.equal(callback?.searchParams.get('iss'), bank.issuer);
      }
    }
  });

  test('only the registered redirect URI gets anything, not one that looks like it', async () => {
    const bank = issuer();
    const { id } = await bank.createApplication(
      forPeople({ redirectUris: [redirectUri, 'https://client.example/other?a=1'] }),
    );
    const tricks = [
      `${redirectUri}/`,
      `${redirectUri}?x=1`,
      `${redirectUri}#x`,
      `${redirectUri}/../evil`,
      `${redirectUri}%2f`,
      'https://client.example:8443/callback',
      'https://client.example:443/callback',
      'http://client.example/callback',
      'https://user@client.example/callback',
      'https://client.example@evil.example/callback',
      'https://client.example.evil.example/callback',
      'https://CLIENT.example/callback',
      'https://client.example/Callback',
      'https://client.example/other?a=1&b=2',
      'https://client.example\\@evil.example/callback',
      '//client.example/callback',
      '/callback',
      'javascript:alert(1)',
      'data:text/html,x',
      ` ${redirectUri}`,
      `${redirectUri} `,
      '',
    ];
    for (const uri of tricks) {
      const { callback, last } = await ask(bank, { ...codeRequest().parameters, client_id: id, redirect_uri: uri });
      assert.equal(callback, undefined, uri);
      assert.equal(last.status, 400, uri);
      assert.equal(last.headers.get('location'), null, uri);
    }
    const twice = new URLSearchParams({ ...codeRequest().parameters, client_id: id, response_type: 'code' });
    twice.append('redirect_uri', 'https://evil.example/');
    const { callback } = await authorize(bank, new URL(`${bank.issuer}/auth?${twice}`), { personId: '' });
    assert.equal(callback, undefined);
  });

  test('on a loopback address the port is free for a native application, and nothing else is', async () => {
    const bank = issuer();
    const registered = ['http://127.0.0.1/callback', 'http://[::1]:1234/callback'];
    const native = await bank.createApplication(forPeople({ redirectUris: registered }));
    const confidential = await bank.createApplication(
      forPeople({ redirectUris: registered, clientAuthentication: 'client_secret_basic' }),
    );
    const leadsBack = async (id: string, uri: string) => {
      const { callback } = await ask(bank, { ...codeRequest().parameters, client_id: id, redirect_uri: uri });
      return callback?.searchParams.get('error') === 'access_denied';
    };
    assert.ok(await leadsBack(native.id, 'http://127.0.0.1:51004/callback'));
    assert.ok(await leadsBack(native.id, 'http://[::1]:51004/callback'));
    assert.ok(await leadsBack(confidential.id, 'http://127.0.0.1/callback'));
    assert.ok(!(await leadsBack(confidential.id, 'http://127.0.0.1:51004/callback')));
    for (const uri of [
      'http://localhost:51004/callback',
      'http://127.0.0.1:51004/other',
      'http://127.0.0.2:51004/callback',
      'http://user@127.0.0.1:51004/callback',
      'http://127.0.0.1:51004@evil.example/callback',
      'https://127.0.0.1:51004/callback',
      'http://127.0.0.1:51004/callback#x',
      'http://127.0.0.1.evil.example/callback',
    ]) {
      assert.ok(!(await leadsBack(native.id, uri)), uri);
    }
  });

  test('what is not offered is refused: other flows, response modes, resources, scopes, and request objects', async () => {
    const bank = issuer();
    const { id } = await bank.createApplication(forPeople({ scopes: ['bankingAdmin/read'] }));
    const asks: [Record<string, string>, string][] = [
      [{ response_type: 'token' }, 'invalid_request'],
      [{ response_type: 'code id_token' }, 'invalid_request'],
      [{ response_type: 'none' }, 'unsupported_response_type'],
      [{ response_mode: 'fragment' }, 'invalid_request'],
      [{ response_mode: 'form_post' }, 'invalid_request'],
      [{ response_mode: 'web_message' }, 'unsupported_response_mode'],
      [{ resource: 'https://elsewhere.example' }, 'invalid_target'],
      [{ scope: 'openid customers/write' }, 'invalid_scope'],
      [{ request: 'e30.e30.' }, 'request_not_supported'],
      [{ request_uri: 'https://evil.example/request' }, 'request_uri_not_supported'],
    ];
    for (const [changes, error] of asks) {
      const { last, callback } = await ask(bank, { ...codeRequest().parameters, client_id: id, ...changes });
      const text = callback === undefined ? await last.text() : decodeURIComponent(callback.href);
      assert.match(text, new RegExp(error), JSON.stringify(changes));
      assert.doesNotMatch(text, /code=|access_token/);
    }
  });

  test('clients cannot be mixed up: the secret, the method, the grant and the kind must be of the one that is named', async () => {
    const bank = issuer();
    const one = await bank.createApplication({});
    const other = await bank.createApplication({});
    const people = await bank.createApplication(forPeople());
    const basic = (id: string, secret = '') => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
    const grant = { grant_type: 'client_credentials' };
    const cases: [string, Record<string, string>, Record<string, string>, number, RegExp][] = [
      ["another's secret", { authorization: basic(one.id, other.secret) }, grant, 401, /invalid_client/],
      ['no secret', {}, { ...grant, client_id: one.id }, 401, /invalid_client/],
      [
        'two ways at once',
        { authorization: basic(one.id, one.secret) },
        { ...grant, client_secret: one.secret ?? '' },
        400,
        /invalid_request/,
      ],
      [
        'two names',
        { authorization: basic(one.id, one.secret) },
        { ...grant, client_id: other.id },
        400,
        /invalid_request/,
      ],
      ['unknown', { authorization: basic('0'.repeat(20), one.secret) }, grant, 401, /invalid_client/],
      ['for people', {}, { ...grant, client_id: people.id }, 400, /invalid_request/],
      ['the portal', {}, { ...grant, client_id: 'rollcall-portal' }, 400, /invalid_request/],
      [
        'a password',
        { authorization: basic(one.id, one.secret) },
        { grant_type: 'password', username: 'a', password: 'b' },
        400,
        /unsupported_grant_type/,
      ],
      ['no grant type', { authorization: basic(one.id, one.secret) }, {}, 400, /invalid_request/],
      [
        'too much',
        { authorization: basic(one.id, one.secret) },
        { ...grant, scope: 'customers/write' },
        400,
        /invalid_scope/,
      ],
      [
        'another resource',
        { authorization: basic(one.id, one.secret) },
        { ...grant, resource: 'urn:other' },
        400,
        /invalid_target/,
      ],
    ];
    for (const [name, headers, form, status, error] of cases) {
      const answer = await post(bank, '/token', form, headers);
      assert.equal(answer.status, status, name);
      assert.match(String(answer.body.error), error, name);
      assert.equal(answer.headers.get('cache-control'), 'no-store', name);
    }
    const all = await post(bank, '/token', grant, { authorization: basic(one.id, one.secret) });
    assert.equal(all.body.scope, 'bankingAdmin/read bankingAdmin/write');
    const machine = await ask(bank, { ...codeRequest().parameters, client_id: one.id });
    assert.equal(machine.callback, undefined);
  });

  test('an assertion of private_key_jwt holds for us, for its client, for a short time, and once', async () => {
    const bank = issuer();
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const foreign = await generateKeyPair('ES256');
    const { x = '', y = '' } = await exportJWK(publicKey);
    const { id } = await bank.createApplication({
      clientAuthentication: 'private_key_jwt',
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x, y }] },
    });
    const now = Math.floor(Date.now() / 1_000);
    const assertion = (changes: Record<string, unknown> = {}, key = privateKey) =>
      new SignJWT({ iss: id, sub: id, aud: bank.issuer, jti: randomUUID(), exp: now + 60, ...changes })
        .setProtectedHeader({ alg: 'ES256' })
        .sign(key);
    const send = (client_assertion: string) =>
      post(bank, '/token', {
        grant_type: 'client_credentials',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion,
      });
    const good = await assertion();
    const answers = await Promise.all([send(good), send(good), send(good)]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 401, 401]);
    assert.equal((await send(good)).status, 401);
    for (const [changes, key] of [
      [{}, foreign.privateKey],
      [{ aud: 'https://elsewhere.example' }],
      [{ exp: now - 60 }],
      [{ exp: now + 7_200 }],
      [{ exp: undefined }],
      [{ jti: undefined }],
      [{ iss: 'another' }],
      [{ sub: 'another' }],
    ] satisfies [Record<string, unknown>, typeof privateKey?][]) {
      assert.equal((await send(await assertion(changes, key))).status, 401, JSON.stringify(changes));
    }
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${good.split('.')[1]}.`;
    assert.equal((await send(none)).status, 401);
  });

  test('bodies that are none, too large, or of another type are OAuth errors without a stack', async () => {
    const bank = issuer();
    const send = (body: string, type: string) =>
      fetch(`${bank.issuer}/token`, { method: 'POST', body, headers: { 'content-type': type } });
    const form = 'application/x-www-form-urlencoded';
    for (const [body, type] of [
      ['{"grant_type":"client_credentials"}', 'application/json'],
      ['x'.repeat(60 * 1_024), form],
      ['%', form],
      ['\0', form],
      ['grant_type=client_credentials&grant_type=client_credentials', form],
      ['', form],
      ['grant_type[]=x&__proto__[a]=1', form],
    ] satisfies [string, string][]) {
      const response = await send(body, type);
      const text = await response.text();
      assert.equal(response.status, 400, text);
      assert.match(text, /"error":"invalid_request"/);
      assert.doesNotMatch(text, /node_modules|at async|stack/);
    }
    assert.equal((await fetch(`${bank.issuer}/token`)).status, 405);
    assert.equal((await fetch(`${bank.issuer}/reg`, { method: 'POST' })).status, 404);
    assert.equal((await fetch(`${bank.issuer}/me`)).status, 404);
  });

  test('no other origin is let in, and no address is made of what a client says about the host', async () => {
    const bank = issuer();
    const headers = {
      origin: 'https://evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    };
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    for (const [path, init] of [
      ['/.well-known/openid-configuration', {}],
      ['/jwks', {}],
      ['/token', { method: 'POST', body: form }],
      ['/token/introspection', { method: 'POST', body: form }],
    ] satisfies [string, RequestInit][]) {
      const response = await fetch(`${bank.issuer}${path}`, { ...init, headers });
      assert.doesNotMatch(await response.text(), /evil/, path);
      assert.deepEqual(
        [...response.headers.keys()].filter((name) => name.startsWith('access-control-')),
        [],
        path,
      );
    }
  });
});

async function codeOf(bank: IssuerBank, changes: Record<string, string> = {}) {
  const application = await bank.createApplication(forPeople());
  const config = await bank.discover(application.id);
  const { verifier, parameters } = codeRequest(changes);
  const personId = await bank.createPerson();
  const { callback } = await authorize(bank, client.buildAuthorizationUrl(config, parameters), { personId });
  const form = {
    grant_type: 'authorization_code',
    client_id: application.id,
    code: callback?.searchParams.get('code') ?? '',
    code_verifier: verifier,
    redirect_uri: redirectUri,
  };
  return { config, redeem: (other: Record<string, string> = {}) => post(bank, '/token', { ...form, ...other }) };
}

/** An authorization request whose person refuses in the end: what comes back is an error, and never a code. */
async function ask(bank: IssuerBank, parameters: Record<string, string>) {
  const url = new URL(`${bank.issuer}/auth?${new URLSearchParams({ response_type: 'code', ...parameters })}`);
  return await authorize(bank, url, { browser: new Browser(), personId: '' });
}

async function post(
  { issuer }: IssuerBank,
  path: string,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const response = await fetch(`${issuer}${path}`, { method: 'POST', body: new URLSearchParams(form), headers });
  const body: unknown = await response.json();
  assert.ok(typeof body === 'object' && body !== null);
  return { status: response.status, headers: response.headers, body: { ...body } };
}
