import assert from 'node:assert/strict';
import { test } from 'node:test';
import Provider, { type AdapterFactory, type ClientMetadata } from 'oidc-provider';
import { configurationOf } from './issuer-configuration.ts';
import type { IssuerDirectory } from './issuer-directory.ts';
import { refreshTokenSeconds } from './issuer-grants.ts';
import { createIssuerPages } from './issuer-pages.ts';

const day = 24 * 60 * 60;

test('a code lives a minute, an access token ten, a session twelve hours', () => {
  const { ttl } = configurationOf({
    adapter,
    directory,
    pages: createIssuerPages({ root: '' }),
    signingKeys: [],
    cookieKeys: [],
    isHttps: true,
    signInUrl: (uid) => `/sign-in/${uid}`,
  });
  assert.deepEqual(
    [ttl?.AuthorizationCode, ttl?.AccessToken, ttl?.ClientCredentials, ttl?.Session],
    [60, 600, 600, 12 * 60 * 60],
  );
});

test('a refresh token ends 14 days after its last use, and 90 days after the sign-in however often it is used', async () => {
  const provider = new Provider('https://rollcall.example/oidc', { adapter, clients: [publicClient] });
  const client = await provider.Client.find(publicClient.client_id);
  assert.ok(client);
  const signedInAt = 1_800_000_000;
  const of = { accountId: 'ann', client, scope: 'openid', grantId: 'grant', gty: 'refresh_token' };
  const rotated = new provider.RefreshToken({ ...of, iiat: signedInAt });
  assert.equal(refreshTokenSeconds(signedInAt, undefined), 14 * day);
  assert.equal(refreshTokenSeconds(signedInAt + 10 * day, rotated), 14 * day);
  assert.equal(refreshTokenSeconds(signedInAt + 80 * day, rotated), 10 * day);
  assert.equal(refreshTokenSeconds(signedInAt + 91 * day, rotated), 1);
});

const publicClient = {
  client_id: 'client',
  token_endpoint_auth_method: 'none' as const,
  redirect_uris: ['https://client.example/callback'],
} satisfies ClientMetadata;
const directory: IssuerDirectory = {
  findClient: async () => undefined,
  verifySecret: async () => false,
  findPerson: async () => undefined,
};
const nothing = async () => undefined;
const adapter: AdapterFactory = () => ({
  upsert: nothing,
  find: nothing,
  findByUserCode: nothing,
  findByUid: nothing,
  consume: nothing,
  destroy: nothing,
  revokeByGrantId: nothing,
});
