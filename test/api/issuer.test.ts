import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { forEachEngine } from '../support/engines.ts';
import { forPeople, signIn, startIssuer } from './issuer-client.ts';

forEachEngine((engine) => {
  test('discovery names what there is, by the address that is listened on', async () => {
    await using bank = await startIssuer(engine);
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
    await using bank = await startIssuer(engine);
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
    await using bank = await startIssuer(engine);
    const application = await bank.createApplication(forPeople());
    const personId = await bank.createPerson();
    const config = await bank.discover(application.id);
    const tokens = await signIn(bank, config, { personId, amr: 'pwd otp' });
    const claims = tokens.claims();
    assert.equal(claims?.sub, personId);
    assert.equal(claims?.name, 'Ada Lovelace');
    assert.deepEqual(claims?.amr, ['pwd', 'otp']);
    assert.equal(claims?.acr, 'urn:rollcall:acr:two-factor');
    assert.ok(Math.abs(Number(claims?.auth_time) - Date.now() / 1_000) < 10);
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
});
