import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { systemClock } from '../../lib/clock.ts';
import { createPortalClient, GrantRefused, newSignInStart } from './portal-client.ts';

const issuer = 'https://id.bank.example';
const clientId = 'rollcall-portal';
const redirectUri = 'https://rollcall.bank.example/session/callback';
let keys: { publicKey: CryptoKey; privateKey: CryptoKey };

before(async () => {
  keys = await generateKeyPair('EdDSA', { extractable: true });
});

test('an ID token of this sign-in and for this client is taken', async () => {
  assert.equal((await finish({})).subject, 'grace');
});

test('an ID token of another sign-in, for another client, of another issuer or too old is refused', async () => {
  for (const changes of [
    { nonce: 'of another sign-in' },
    { aud: 'another-client' },
    { iss: 'https://evil.example' },
    { exp: 1 },
  ]) {
    await assert.rejects(finish({ claims: changes }), GrantRefused, JSON.stringify(changes));
  }
});

test('an ID token that another key signed, also under the name of the right one, is refused', async () => {
  const other = await generateKeyPair('EdDSA', { extractable: true });
  await assert.rejects(finish({ signer: other.privateKey }), GrantRefused);
});

test('an answer with another state, of another issuer, or without an ID token is refused', async () => {
  await assert.rejects(finish({ callback: { state: 'another' } }), GrantRefused);
  await assert.rejects(finish({ callback: { iss: 'https://evil.example' } }), GrantRefused);
  await assert.rejects(finish({ claims: undefined }), GrantRefused);
});

test('settings of another issuer than the one that was asked are not believed', async () => {
  await assert.rejects(finish({ metadata: { issuer: 'https://evil.example' } }), { status: 503 });
});

test('a sign-in of before is refused, and one without a time where the issuer always says it', async () => {
  const now = Math.floor(Date.now() / 1_000);
  await assert.rejects(finish({ claims: { auth_time: now - 60 } }), GrantRefused);
  await assert.rejects(finish({ claims: { auth_time: now - 60 }, saysWhen: false }), GrantRefused);
  await assert.rejects(finish({ claims: { auth_time: undefined } }), GrantRefused);
  assert.equal((await finish({ claims: { auth_time: undefined }, saysWhen: false })).signedInAt, undefined);
  assert.deepEqual((await finish({ claims: { auth_time: now - 5 } })).signedInAt, new Date((now - 5) * 1_000));
});

interface Changes {
  readonly saysWhen?: boolean;
  /** Whose key signs the ID token; the issuer's. */
  readonly signer?: CryptoKey;
  readonly claims?: Readonly<Record<string, string | number | undefined>> | undefined;
  readonly callback?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Comes back from an issuer that answers as it should, but for the changes. */
async function finish(changes: Changes) {
  const start = newSignInStart(new Date());
  const claims =
    'claims' in changes && changes.claims === undefined ? undefined : { nonce: start.nonce, ...changes.claims };
  const idToken = claims === undefined ? undefined : await signed(claims, changes.signer);
  const answers: Readonly<Record<string, unknown>> = {
    '/.well-known/openid-configuration': {
      issuer,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/jwks`,
      authorization_response_iss_parameter_supported: true,
      id_token_signing_alg_values_supported: ['EdDSA'],
      ...changes.metadata,
    },
    '/jwks': { keys: [{ ...(await exportJWK(keys.publicKey)), alg: 'EdDSA', use: 'sig' }] },
    '/token': { access_token: 'opaque', token_type: 'Bearer', expires_in: 600, id_token: idToken },
  };
  const client = createPortalClient({
    clock: systemClock,
    issuer: () => ({
      url: issuer,
      clientId,
      clientSecret: undefined,
      scope: 'openid',
      saysWhen: changes.saysWhen ?? true,
      fetch: async (url) => Response.json(answers[new URL(url).pathname]),
    }),
  });
  const answer = new URLSearchParams({ code: 'code', state: start.state, iss: issuer, ...changes.callback });
  return await client.finish(new URL(`${redirectUri}?${answer}`), start);
}

async function signed(
  claims: Readonly<Record<string, string | number | undefined>>,
  signer = keys.privateKey,
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  return await new SignJWT({
    iss: issuer,
    aud: clientId,
    sub: 'grace',
    iat: now,
    exp: now + 60,
    auth_time: now,
    ...claims,
  })
    .setProtectedHeader({ alg: 'EdDSA' })
    .sign(signer);
}
