import assert from 'node:assert/strict';
import { createHmac, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type JWTPayload, SignJWT } from 'jose';
import { createMetrics, type Metrics } from '../../src/http/metrics.ts';
import { createSecretText, hashSecretText } from '../../src/lib/secret-text.ts';
import { createAccessVerifier, createOwnTokenVerifier, scopes } from '../../src/modules/access/index.ts';
import { apiAudience, createSigningKeys, operatorIssuer, portalClientId } from '../../src/modules/issuer/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp, type TestRequest } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import type { TestPrincipal } from '../support/test-principals.ts';

const url = '/service/customerAudiences';
const hourSeconds = 3_600;

forEachEngine((engine) => {
  let bank: TestApp;
  let metrics: Metrics;
  let machine: TestPrincipal;

  before(async () => {
    metrics = createMetrics();
    bank = await startTestApp(engine, { metrics });
    machine = await bank.createPrincipal({ scopes });
    // Old enough for tokens of an hour ago.
    await changed(`update application set tokens_valid_after = now() - interval '1 day' where id = $1`, [
      machine.principalId,
    ]);
  });
  after(() => bank.close());

  const seconds = () => Math.floor(bank.clock.now().getTime() / 1_000);
  const claims = (changes: JWTPayload = {}): JWTPayload => ({
    iss: operatorIssuer,
    aud: apiAudience,
    sub: machine.applicationId,
    client_id: machine.applicationId,
    scope: scopes.join(' '),
    iat: seconds(),
    exp: seconds() + hourSeconds,
    ...changes,
  });
  const signingKey = async () => (await createSigningKeys(bank).list())[0];

  /** Signed by our key: only what is changed is wrong. */
  async function signed(payload: JWTPayload, header: Record<string, string> = {}): Promise<string> {
    const { kid, privateKey } = await signingKey();
    return await new SignJWT(payload)
      .setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', kid, ...header })
      .sign(privateKey);
  }

  async function refused(token: string | null, request: Partial<TestRequest> = {}) {
    const answer = await bank.send({ url, token, ...request });
    assert.equal(answer.statusCode, 401, answer.body);
    assert.equal(answer.json().type, '/errors/unauthorized/v1.0.0');
    return { challenge: answer.headers['www-authenticate'], detail: answer.json().detail };
  }

  async function refusals(reason: string): Promise<number> {
    const text = await metrics.registry.metrics();
    return Number(new RegExp(`rollcall_access_refusals_total\\{reason="${reason}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  }

  async function invalid(token: string, reason: string): Promise<void> {
    const before = await refusals(reason);
    assert.deepEqual(await refused(token), {
      challenge: 'Bearer realm="rollcall", error="invalid_token", error_description="The access token is not valid."',
      detail: 'The access token is not valid.',
    });
    assert.equal(await refusals(reason), before + 1, reason);
  }

  test('a token of ours is let in: it is the measure for those that are not', async () => {
    assert.equal((await bank.send({ url, token: await signed(claims()) })).statusCode, 200);
  });

  test('expired: 401 that says so, 30 seconds late at most', async (t) => {
    // The clock stands: a token that is not too late yet must not become so on the way.
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const before = await refusals('expired');
    const late = (by: number) => signed(claims({ iat: seconds() - hourSeconds, exp: seconds() - by }));
    assert.equal((await bank.send({ url, token: await late(25) })).statusCode, 200);
    assert.deepEqual(await refused(await late(31)), {
      challenge: 'Bearer realm="rollcall", error="invalid_token", error_description="The access token has expired."',
      detail: 'The access token has expired.',
    });
    assert.equal(await refusals('expired'), before + 1);
  });

  test('a token that was good expires, although its signature is remembered', async () => {
    await using own = await startTestApp(engine);
    assert.equal((await own.send({ url })).statusCode, 200);
    own.clock.advance(8 * 24 * hourSeconds * 1_000);
    assert.equal((await own.send({ url })).statusCode, 401);
  });

  test('not yet valid, by nbf or by iat: 401', async () => {
    await invalid(await signed(claims({ nbf: seconds() + 60 })), 'notYetValid');
    await invalid(await signed(claims({ iat: seconds() + 60 })), 'notYetValid');
  });

  test('without exp, iat, sub or client_id: 401', async () => {
    for (const name of ['exp', 'iat', 'sub', 'client_id']) {
      const { [name]: _left, ...others } = claims();
      await invalid(await signed(others), 'claims');
    }
  });

  test('wrong audience, wrong issuer, wrong type: 401', async () => {
    await invalid(await signed(claims({ aud: 'urn:another:api' })), 'audience');
    await invalid(await signed(claims({ iss: 'https://issuer.example' })), 'issuer');
    await invalid(await signed(claims(), { typ: 'JWT' }), 'type');
  });

  test('alg none, and HS256 with our public key as the secret: 401', async () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const { kid, publicJwk } = await signingKey();
    await invalid(`${part({ alg: 'none', typ: 'at+jwt' })}.${part(claims())}.`, 'algorithm');
    const key = createPublicKey({ key: publicJwk, format: 'jwk' });
    const secrets = [
      key.export({ format: 'pem', type: 'spki' }),
      key.export({ format: 'der', type: 'spki' }),
      Buffer.from(String(publicJwk.x), 'base64url'),
    ];
    for (const secret of secrets) {
      const text = `${part({ alg: 'HS256', typ: 'at+jwt', kid })}.${part(claims())}`;
      const signature = createHmac('sha256', secret).update(text).digest('base64url');
      await invalid(`${text}.${signature}`, 'algorithm');
    }
  });

  test('unknown kid, and our kid over another key: 401', async () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const { kid } = await signingKey();
    const forged = (header: { kid: string }) =>
      new SignJWT(claims()).setProtectedHeader({ alg: 'EdDSA', typ: 'at+jwt', ...header }).sign(privateKey);
    await invalid(await forged({ kid: 'unknown' }), 'unknownKey');
    await invalid(await forged({ kid }), 'signature');
  });

  test('truncated, changed, too long, or no token at all: 401', async () => {
    const token = await signed(claims());
    const [header, , signature] = token.split('.');
    for (const length of [token.length - 1, token.lastIndexOf('.'), 40]) {
      assert.equal((await bank.send({ url, token: token.slice(0, length) })).statusCode, 401);
    }
    const other = Buffer.from(JSON.stringify(claims({ scope: 'customers/write' }))).toString('base64url');
    await invalid(`${header}.${other}.${signature}`, 'signature');
    await invalid(await signed(claims({ padding: 'x'.repeat(8_192) })), 'malformed');
    for (const authorization of ['Bearer', 'Bearer a b', 'Basic YTpi', 'Bearer "x"', token]) {
      await refused(null, { headers: { authorization } });
    }
  });

  test('a token of nobody that we know: 401', async () => {
    await invalid(await signed(claims({ sub: 'f'.repeat(20), client_id: 'f'.repeat(20) })), 'unknownApplication');
    await invalid(await signed(claims({ sub: 'f'.repeat(20), client_id: portalClientId })), 'unknownPerson');
    await invalid(await signed(claims({ sub: 'f'.repeat(20) })), 'unknownPerson');
  });

  /** As another server does it: nobody says `forget` here. */
  async function changed(statement: string, values: readonly unknown[]): Promise<void> {
    await bank.database.asOperator((tx) => tx.client.query(statement, [...values]));
  }

  async function deniedOf(principalId: string) {
    return await bank.database.asOperator((tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select(['institution_id', 'operation', 'detail'])
        .where('principal_id', '=', principalId)
        .where('outcome', '=', 'denied')
        .execute(),
    );
  }

  const revocations = [
    {
      name: 'a disabled application',
      kind: 'application',
      refused: 'applicationRevoked',
      statement: `update application set state = 'disabled' where id = $1`,
    },
    {
      name: 'an application whose tokens were called back',
      kind: 'application',
      refused: 'applicationRevoked',
      statement: `update application set tokens_valid_after = now() + interval '1 day' where id = $1`,
    },
    {
      name: 'a disabled person',
      kind: 'person',
      refused: 'personRevoked',
      statement: `update user_account set state = 'disabled' where id = $1`,
    },
    {
      name: 'a person who signed out everywhere',
      kind: 'person',
      refused: 'personRevoked',
      statement: `update user_account set tokens_valid_after = now() + interval '1 day' where id = $1`,
    },
  ] as const;
  for (const { name, kind, refused: reason, statement } of revocations) {
    test(`${name}: 401 at once after forget, and an entry in the audit trail of their home`, async () => {
      const { token, principalId } = await bank.createPrincipal({ scopes, kind });
      const { principal } = await principalOf(token);
      assert.equal((await bank.send({ url, token })).statusCode, 200);
      await changed(statement, [principalId]);
      bank.access.forget(principalId);
      await refused(token);
      await assert.rejects(bank.access.assertStillHolds(principal, 'readAudiences'), { type: 'unauthorized' });
      assert.deepEqual(await deniedOf(principalId), [
        { institution_id: institutionId, operation: 'listCustomerAudiences', detail: { refused: reason } },
      ]);
    });
  }

  async function principalOf(token: string) {
    const authorization = `Bearer ${token}`;
    const nothing = { apiKey: undefined, institutionId: undefined, address: undefined };
    return { principal: await bank.access.authenticate({ authorization, ...nothing }) };
  }

  test('what another server revokes is seen here after a while', async () => {
    const { token, principalId } = await bank.createPrincipal({ scopes });
    const access = createAccessVerifier({
      ...bank,
      external: false,
      portalClientId,
      maxAgeMs: 50,
      tokens: createOwnTokenVerifier({
        clock: bank.clock,
        issuers: () => [operatorIssuer],
        audience: apiAudience,
        publicKeys: () => bank.signer.publicKeys(),
      }),
    });
    const authorization = `Bearer ${token}`;
    const credentials = { authorization, apiKey: undefined, institutionId: undefined, address: undefined };
    // Not within the second of its issue, in which nothing is remembered.
    bank.clock.advance(2_000);
    await access.authenticate(credentials);
    await changed(`update application set state = 'disabled' where id = $1`, [principalId]);
    const giveUpAt = performance.now() + 60_000;
    const isIn = () =>
      access.authenticate(credentials).then(
        () => true,
        () => false,
      );
    while (performance.now() < giveUpAt && (await isIn())) await delay(10);
    await assert.rejects(access.authenticate(credentials), { type: 'unauthorized' });
  });

  test('a right that is taken away stops work that runs: role, scope, grant', async () => {
    const cases = [
      { statement: `update application set roles = '{viewer}' where id = $1`, type: 'forbidden' },
      { statement: `update application set scopes = '{bankingAdmin/read}' where id = $1`, type: 'forbidden' },
      { statement: 'delete from application_grant where application_id = $1', type: 'forbidden' },
      { statement: 'delete from application where id = $1', type: 'unauthorized' },
    ];
    for (const { statement, type } of cases) {
      const { token, principalId } = await bank.createPrincipal({ scopes });
      const { principal } = await principalOf(token);
      // A job keeps a copy of it, which no token is known of.
      for (const one of [principal, { ...principal }]) await bank.access.assertStillHolds(one, 'importLists');
      await changed(statement, [principalId]);
      bank.access.forget(principalId);
      for (const one of [principal, { ...principal }]) {
        await assert.rejects(bank.access.assertStillHolds(one, 'importLists'), { type }, statement);
      }
    }
  });

  test("scopes are those of the token and of the application, roles the person's in that institution", async () => {
    const { token, principalId } = await bank.createPrincipal({ scopes: ['bankingAdmin/read', 'customers/read'] });
    await changed(`update application set scopes = '{bankingAdmin/read}' where id = $1`, [principalId]);
    bank.access.forget(principalId);
    assert.deepEqual([...(await principalOf(token)).principal.scopes], ['bankingAdmin/read']);

    const person = await bank.createPrincipal({
      kind: 'person',
      scopes,
      roles: ['viewer'],
      institutionIds: [institutionId, otherInstitutionId],
    });
    await changed(`update user_grant set roles = '{auditor}' where user_account_id = $1 and institution_id = $2`, [
      person.principalId,
      otherInstitutionId,
    ]);
    for (const [at, role] of [
      [institutionId, 'viewer'],
      [otherInstitutionId, 'auditor'],
    ] as const) {
      const authorization = `Bearer ${person.token}`;
      const credentials = { authorization, apiKey: undefined, institutionId: at, address: undefined };
      const principal = await bank.access.authenticate(credentials);
      assert.deepEqual([principal.institutionId, ...principal.roles], [at, role]);
      assert.deepEqual(
        [principal.id, principal.kind, principal.applicationId],
        [person.principalId, 'person', portalClientId],
      );
    }
  });

  test('of several institutions one must be named: 400 without, 403 and an audit entry for another', async () => {
    const both = await bank.createPrincipal({ scopes, institutionIds: [institutionId, otherInstitutionId] });
    assert.equal((await bank.send({ url, token: both.token })).statusCode, 400);
    const named = (id: string, token: string) => bank.send({ url, token, headers: { 'institution-id': id } });
    assert.equal((await named(otherInstitutionId, both.token)).statusCode, 200);
    assert.equal((await named('NOWHERE', both.token)).statusCode, 403);
    const one = await bank.createPrincipal({ scopes });
    assert.equal((await named(institutionId, one.token)).statusCode, 200);
    assert.equal((await named(otherInstitutionId, one.token)).statusCode, 403);
    assert.deepEqual(await deniedOf(one.principalId), [
      { institution_id: institutionId, operation: 'listCustomerAudiences', detail: { refused: 'institutionForeign' } },
    ]);
    await changed('delete from application_grant where application_id = $1', [one.principalId]);
    bank.access.forget(one.principalId);
    assert.equal((await bank.send({ url, token: one.token })).statusCode, 403);
  });

  test('API key: required where the application has one, and only its own', async () => {
    const [first, second, plain] = [
      await bank.createPrincipal({ scopes }),
      await bank.createPrincipal({ scopes }),
      await bank.createPrincipal({ scopes }),
    ];
    const keys = new Map<string, string>();
    for (const { principalId } of [first, second]) {
      const key = createSecretText('rck_');
      keys.set(principalId, key);
      await changed(`update application set api_key_hash = $2, api_key_state = 'active' where id = $1`, [
        principalId,
        hashSecretText(key),
      ]);
      bank.access.forget(principalId);
    }
    const key = keys.get(first.principalId) ?? '';
    const otherKey = keys.get(second.principalId) ?? '';
    const withKey = (apiKey: string) => ({ headers: { 'api-key': apiKey } });
    assert.equal((await bank.send({ url, token: first.token, ...withKey(key) })).statusCode, 200);
    assert.match(String((await refused(first.token)).challenge), /"This application must send its API key."$/);
    for (const wrong of [otherKey, `${key}x`]) {
      const { challenge } = await refused(first.token, withKey(wrong));
      assert.match(String(challenge), /"The API key and the access token are not of one application."$/);
    }
    await refused(plain.token, withKey(key));
    await changed(`update application set api_key_state = 'disabled' where id = $1`, [first.principalId]);
    bank.access.forget(first.principalId);
    await refused(first.token, withKey(key));
    await refused(first.token);
    assert.deepEqual(
      (await deniedOf(first.principalId)).map((entry) => entry.detail),
      ['apiKeyAbsent', 'apiKeyOfAnother', 'apiKeyOfAnother', 'apiKeyDisabled', 'apiKeyAbsent'].map((refused) => ({
        refused,
      })),
    );
    assert.deepEqual(
      (await deniedOf(plain.principalId)).map((entry) => entry.detail),
      [{ refused: 'apiKeyUnexpected' }],
    );
    assert.ok(!bank.log.join('\n').includes(key));
  });

  test('who is unknown leaves a line in the log, and nothing of the token', async () => {
    const token = await signed(claims({ iss: 'https://issuer.example' }));
    const from = bank.log.length;
    await refused(token);
    const lines = bank.log.slice(from);
    assert.ok(lines.some((line) => line.includes('"reason":"issuer"')));
    assert.ok(!lines.join('\n').includes(token.slice(-20)));
  });
});
