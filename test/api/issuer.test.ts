import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemoteJWKSet, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { readConfig } from '../../src/config.ts';
import { deleteEndedOidcRecords } from '../../src/modules/issuer/index.ts';
import { startTestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { authorize, codeRequest, forPeople, shareIssuer, signIn, startIssuer } from './issuer-client.ts';

forEachEngine((engine) => {
  const issuerBank = shareIssuer(engine);

  test('discovery names what there is, by the address that is listened on', async () => {
    const bank = issuerBank();
    const { issuer } = bank;
    const metadata = (await bank.discover('any')).serverMetadata();
    assert.equal(metadata.issuer, issuer);
    assert.equal(metadata.token_endpoint, `${issuer}/token`);
    assert.equal(metadata.authorization_endpoint, `${issuer}/auth`);
    assert.equal(metadata.jwks_uri, `${issuer}/jwks`);
    assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
    assert.deepEqual(metadata.response_types_supported, ['code']);
    assert.deepEqual(metadata.response_modes_supported, ['query']);
    assert.deepEqual(metadata.grant_types_supported?.toSorted(), [
      'authorization_code',
      'client_credentials',
      'refresh_token',
    ]);
    assert.ok(metadata.scopes_supported?.includes('bankingAdmin/write'));
    assert.equal(metadata.userinfo_endpoint, undefined);
    assert.equal(metadata.registration_endpoint, undefined);
    const oauth = await fetch(`${bank.base}/.well-known/oauth-authorization-server/oidc`);
    assert.match(await oauth.text(), new RegExp(`"issuer":"${issuer}"`));
  });

  test('a machine gets a token by each authentication, and it verifies against the key set', async () => {
    const bank = issuerBank();
    const keys = await generateKeyPair('EdDSA', { extractable: true });
    const { x = '' } = await exportJWK(keys.publicKey);
    const jwk = { kty: 'OKP', crv: 'Ed25519', x, kid: 'one', alg: 'EdDSA', use: 'sig' } as const;
    const authentications = [
      { by: 'client_secret_basic', make: (secret = '') => client.ClientSecretBasic(secret) },
      { by: 'client_secret_post', make: (secret = '') => client.ClientSecretPost(secret) },
      { by: 'private_key_jwt', make: () => client.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' }), jwk },
    ] as const;
    for (const { by, make, ...rest } of authentications) {
      const application = await bank.createApplication({
        clientAuthentication: by,
        ...('jwk' in rest ? { jwks: { keys: [rest.jwk] } } : {}),
      });
      const config = await bank.discover(application.id, make(application.secret));
      const tokens = await client.clientCredentialsGrant(config, { scope: 'bankingAdmin/read' });
      assert.equal(tokens.expires_in, 600, by);
      assert.equal(tokens.scope, 'bankingAdmin/read');
      assert.equal(tokens.refresh_token, undefined);
      const { payload, protectedHeader } = await jwtVerify(
        tokens.access_token,
        createRemoteJWKSet(new URL(`${bank.issuer}/jwks`)),
        { issuer: bank.issuer, audience: 'urn:rollcall:api', typ: 'at+jwt', algorithms: ['EdDSA'] },
      );
      assert.ok(protectedHeader.kid);
      assert.equal(payload.sub, application.id);
      assert.equal(payload.client_id, application.id);
      assert.equal(payload.scope, 'bankingAdmin/read');
      assert.equal(Number(payload.exp) - Number(payload.iat), 600);
      assert.ok(payload.jti);
    }
  });

  test('code with PKCE gives a token for the API and an ID token that says how the person signed in', async () => {
    const bank = issuerBank();
    const application = await bank.createApplication(forPeople());
    const personId = await bank.createPerson();
    const config = await bank.discover(application.id);
    const signedInFrom = Math.floor(Date.now() / 1_000);
    const tokens = await signIn(bank, config, { personId, amr: 'pwd otp' });
    const claims = tokens.claims();
    assert.equal(claims?.sub, personId);
    assert.equal(claims?.name, 'Ada Lovelace');
    assert.deepEqual(claims?.amr, ['pwd', 'otp']);
    assert.equal(claims?.acr, 'urn:rollcall:acr:two-factor');
    const authTime = Number(claims?.auth_time);
    assert.ok(signedInFrom <= authTime && authTime <= Date.now() / 1_000, `${signedInFrom} ${authTime}`);
    assert.equal(tokens.refresh_token, undefined);
    const { payload } = await jwtVerify(tokens.access_token, createRemoteJWKSet(new URL(`${bank.issuer}/jwks`)), {
      issuer: bank.issuer,
      audience: 'urn:rollcall:api',
      typ: 'at+jwt',
    });
    assert.equal(payload.sub, personId);
    assert.equal(payload.client_id, application.id);
    assert.equal(payload.scope, 'bankingAdmin/read');
    assert.equal(payload.acr, 'urn:rollcall:acr:two-factor');
  });

  test('the API takes the tokens of machines and of people', async () => {
    const bank = issuerBank();
    const machine = await bank.createApplication({ roles: ['analyst'] });
    const config = await bank.discover(machine.id, client.ClientSecretBasic(machine.secret));
    const people = await bank.createApplication(forPeople());
    const tokens = [
      (await client.clientCredentialsGrant(config)).access_token,
      (await signIn(bank, await bank.discover(people.id), { personId: await bank.createPerson() })).access_token,
    ];
    for (const token of tokens) {
      const response = await fetch(`${bank.base}/service/customerAudiences`, {
        headers: { authorization: `Bearer ${token}` },
      });
      assert.equal(response.status, 200, await response.text());
    }
  });

  test('secrets in rotation both work, and one that has expired does not', async () => {
    const bank = issuerBank();
    const { database } = bank.bank;
    const application = await bank.createApplication({});
    const config = await bank.discover(application.id, client.ClientSecretPost(application.secret));
    await client.clientCredentialsGrant(config);
    await database.asOperator((tx) =>
      tx.db
        .updateTable('application_secret')
        .set({ expires_at: new Date(Date.now() - 1_000) })
        .where('application_id', '=', application.id)
        .execute(),
    );
    await assert.rejects(client.clientCredentialsGrant(config), { error: 'invalid_client' });
  });

  test('the portal is a client from the start, with one redirect URI', async () => {
    const bank = issuerBank();
    const config = await bank.discover('rollcall-portal');
    const tokens = await signIn(bank, config, {
      personId: await bank.createPerson(),
      changes: { redirect_uri: `${bank.base}/session/callback`, scope: 'openid offline_access customers/write' },
    });
    assert.ok(tokens.refresh_token);
    const elsewhere = client.buildAuthorizationUrl(config, codeRequest().parameters);
    assert.equal((await authorize(bank, elsewhere, { personId: 'x' })).callback, undefined);
  });

  test('keys rotate while the server runs: old tokens verify, new ones come with the new key', async () => {
    await using bank = await startIssuer(engine);
    const application = await bank.createApplication({});
    const config = await bank.discover(application.id, client.ClientSecretBasic(application.secret));
    const kids = async () => {
      const set: unknown = await (await fetch(`${bank.issuer}/jwks`)).json();
      assert.ok(typeof set === 'object' && set !== null && 'keys' in set && Array.isArray(set.keys));
      for (const key of set.keys)
        assert.deepEqual(
          Object.keys(key).filter((name) => name === 'd'),
          [],
        );
      return set.keys.map(({ kid }) => String(kid));
    };
    const kidOf = async () => decodeProtectedHeader((await client.clientCredentialsGrant(config)).access_token).kid;
    const [first = ''] = await kids();
    assert.equal(await kidOf(), first);
    bank.bank.clock.advance(90 * 24 * 60 * 60 * 1_000);
    await bank.bank.signer.rotate();
    bank.bank.clock.advance(60_000);
    assert.equal((await kids()).length, 2);
    assert.equal(await kidOf(), first);
    bank.bank.clock.advance(2 * 60 * 60 * 1_000);
    const [second = '', ...others] = await kids();
    assert.notEqual(second, first);
    assert.deepEqual(others, [first]);
    assert.equal(await kidOf(), second);
  });

  test('with an issuer of the institution there is none of ours', async () => {
    const config = readConfig({
      ROLLCALL_ISSUER_URL: 'https://login.bank.example',
      ROLLCALL_ISSUER_AUDIENCE: 'urn:bank:rollcall',
    });
    await using bank = await startTestApp(engine, { config });
    for (const url of ['/oidc/.well-known/openid-configuration', '/oidc/jwks', '/oidc/auth']) {
      assert.equal((await bank.send({ url, token: null })).statusCode, 404, url);
    }
    assert.equal((await bank.send({ url: '/oidc/token', method: 'POST', token: null })).statusCode, 404);
  });

  test('what has ended is deleted, and nothing else is', async () => {
    await using bank = await startIssuer(engine);
    const { database, clock } = bank.bank;
    const people = await bank.createApplication(forPeople());
    await signIn(bank, await bank.discover(people.id), { personId: await bank.createPerson() });
    const kinds = async () => {
      const { rows } = await database.asOperator((tx) => tx.client.query('select kind from oidc_record order by kind'));
      return rows.map(({ kind }) => kind);
    };
    await deleteEndedOidcRecords(database, clock.now());
    assert.deepEqual(await kinds(), ['AuthorizationCode', 'Grant', 'Session']);
    clock.advance(3 * 60_000);
    await deleteEndedOidcRecords(database, clock.now());
    assert.deepEqual(await kinds(), ['Grant', 'Session']);
    clock.advance(100 * 24 * 60 * 60 * 1_000);
    await deleteEndedOidcRecords(database, clock.now());
    assert.deepEqual(await kinds(), []);
  });
});
