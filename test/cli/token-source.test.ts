import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApiClient } from '../../src/cli/client/api-client.ts';
import { clientSettings } from '../../src/cli/client/client-settings.ts';
import { type FakeServer, type SeenRequest, sendJson, startFakeServer } from './fake-server.ts';

const credentials = { clientId: 'id', clientSecret: 'se cret+/' };

/** Gives out t1, t2, ...; `isGood` says which of them a call may come with. */
async function startIssuingServer(options: {
  expiresIn: number;
  isGood?: (token: string) => boolean;
}): Promise<FakeServer & { readonly tokenRequests: SeenRequest[]; readonly calls: string[] }> {
  const tokenRequests: SeenRequest[] = [];
  const calls: string[] = [];
  const server = await startFakeServer((request, response) => {
    if (request.url === '/oidc/token') {
      tokenRequests.push(request);
      sendJson(response, { access_token: `t${tokenRequests.length}`, expires_in: options.expiresIn });
      return;
    }
    const token = String(request.headers.authorization).replace('Bearer ', '');
    calls.push(token);
    if (options.isGood?.(token) === false) sendJson(response, { title: 'No' }, { status: 401 });
    else sendJson(response, { ok: true });
  });
  return { ...server, tokenRequests, calls };
}

const clientOf = ({ address }: FakeServer) => createApiClient({ server: address, credentials, apiKey: undefined });

test('a token by client credentials is fetched once and used until shortly before its end', async () => {
  await using server = await startIssuingServer({ expiresIn: 600 });
  const client = clientOf(server);
  for (let call = 0; call < 3; call += 1) await client.send({ path: '/service/x' });
  assert.deepEqual(server.calls, ['t1', 't1', 't1']);
  const [asked] = server.tokenRequests;
  assert.equal(asked?.body.toString(), 'grant_type=client_credentials');
  // RFC 6749 section 2.3.1: both parts are form-encoded before they are joined.
  assert.equal(asked?.headers.authorization, `Basic ${btoa('id:se+cret%2B%2F')}`);
});

test('a token with less than 30 seconds to live is renewed before it is sent', async () => {
  await using server = await startIssuingServer({ expiresIn: 29 });
  const client = clientOf(server);
  for (let call = 0; call < 2; call += 1) await client.send({ path: '/service/x' });
  assert.deepEqual(server.calls, ['t1', 't2']);
});

test('a token that is refused is renewed once, and a second refusal is told', async () => {
  await using called = await startIssuingServer({ expiresIn: 600, isGood: (token) => token !== 't1' });
  assert.equal((await clientOf(called).send({ path: '/service/x' })).status, 200);
  assert.deepEqual(called.calls, ['t1', 't2']);
  await using never = await startIssuingServer({ expiresIn: 600, isGood: () => false });
  await assert.rejects(clientOf(never).send({ path: '/service/x' }), { name: 'ProblemAnswer', status: 401 });
  assert.deepEqual(never.calls, ['t1', 't2']);
});

test('what the token endpoint refuses is one line without the secret', async () => {
  const answers = [
    {
      status: 401,
      body: { error: 'invalid_client' },
      says: 'the server does not know this client id with this client secret',
    },
    { status: 400, body: { error: 'invalid_scope' }, says: 'the token endpoint answered 400 (invalid_scope)' },
    { status: 200, body: { error: 'none\n' }, says: 'the token endpoint answered 200' },
    { status: 502, body: undefined, says: 'the token endpoint answered 502' },
  ];
  for (const { status, body, says } of answers) {
    await using server = await startFakeServer((_request, response) => sendJson(response, body ?? {}, { status }));
    await assert.rejects(clientOf(server).send({ path: '/service/x' }), { name: 'CliError', message: says });
  }
});

test('the command line comes before the environment, and a token before a client', () => {
  const settings = (options: Record<string, string>, environment: Record<string, string>) =>
    clientSettings(options, {
      environment,
      stdout: process.stdout,
      stderr: process.stderr,
      workingDirectory: '/',
      untilStopped: async () => {},
    }).credentials;
  const both = { ROLLCALL_TOKEN: 'env', ROLLCALL_CLIENT_ID: 'id', ROLLCALL_CLIENT_SECRET: 'secret' };
  assert.deepEqual(settings({}, both), { token: 'env' });
  assert.deepEqual(settings({ token: 'given' }, both), { token: 'given' });
  assert.deepEqual(settings({ clientId: 'other' }, both), { clientId: 'other', clientSecret: 'secret' });
  const { ROLLCALL_TOKEN: _token, ...client } = both;
  assert.deepEqual(settings({}, client), { clientId: 'id', clientSecret: 'secret' });
  assert.throws(() => settings({ clientId: 'id' }, {}), /no client secret/);
  assert.throws(() => settings({}, {}), /no access token/);
  assert.throws(() => settings({ clientId: 'id', clientSecret: 'line\n' }, {}), /characters that none has/);
});
