import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import Provider, { type JWK } from 'oidc-provider';
import { addressOf } from '../../src/cli/listen.ts';
import { scopes } from '../../src/modules/access/index.ts';

const audience = 'https://rollcall.example.com';
const tokenSeconds = 600;
const client = { id: 'foreign-machine', secret: 'a-secret-of-this-test-only-0123456789' };

/** An OpenID Connect issuer that has nothing to do with us: another `oidc-provider` with keys of its own. */
export interface ForeignIssuer extends AsyncDisposable {
  readonly url: string;
  readonly audience: string;
  readonly clientId: string;
  /** Requests so far, and those for `/jwks` among them. */
  requests(): { readonly all: number; readonly keys: number };
  /** Answers 503 to everything from now on, or no longer. */
  setAway(away: boolean): void;
  /** An access token by client credentials at its token endpoint, with these claims besides. */
  machineToken(claims: Record<string, unknown>): Promise<string>;
  /** Signed with its key, all of it as the test wants. */
  sign(claims: JWTPayload, header?: Record<string, string>): Promise<string>;
}

export async function startForeignIssuer(): Promise<ForeignIssuer> {
  let handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> = async (_request, response) => {
    response.writeHead(503).end();
  };
  let away = false;
  const requests = { all: 0, keys: 0 };
  const server = createServer((request, response) => {
    requests.all += 1;
    if (request.url === '/jwks') requests.keys += 1;
    if (away) response.writeHead(503).end();
    else handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = addressOf(server, '127.0.0.1');
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { kty = 'EC', ...key } = await exportJWK(privateKey);
  const claims: { current: Record<string, unknown> } = { current: {} };
  handle = providerOf({ url, key: { kty, ...key, kid: 'foreign', alg: 'ES256', use: 'sig' }, claims }).callback();
  return {
    url,
    audience,
    clientId: client.id,
    requests: () => requests,
    setAway(value) {
      away = value;
    },
    async machineToken(wanted) {
      claims.current = wanted;
      const answer = await fetch(`${url}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope: scopes.join(' '), resource: audience }),
      });
      const body: { access_token?: string } = JSON.parse(await answer.text());
      if (body.access_token === undefined) throw new Error(`the foreign issuer answered ${answer.status}`);
      return body.access_token;
    },
    sign: async (payload, header = {}) =>
      await new SignJWT(payload)
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'foreign', ...header })
        .sign(privateKey),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function providerOf({ url, key, claims }: { url: string; key: JWK; claims: { current: Record<string, unknown> } }) {
  return new Provider(url, {
    jwks: { keys: [key] },
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    cookies: { keys: ['a cookie key of this test only'] },
    extraTokenClaims: async () => claims.current,
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: async () => ({
          scope: scopes.join(' '),
          audience,
          accessTokenFormat: 'jwt',
          accessTokenTTL: tokenSeconds,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
}
