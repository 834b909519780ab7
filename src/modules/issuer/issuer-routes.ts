import type { ServerResponse } from 'node:http';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { issuerPath } from './issuer-names.ts';
import type { Issuer } from './issuer-service.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The embedded issuer; undefined with an issuer of the institution's own. */
    readonly issuer: Issuer | undefined;
  }
}

/** Ends what the library does not end by itself; a token takes milliseconds. */
const timeoutMs = 20_000;

/** RFC 6749 section 3.1: what a parameter of another name means nobody has to know. The header bounds all of them. */
const anyQuery = Type.Object({}, { additionalProperties: true });
const uidSchema = Type.Object({ uid: Type.String({ maxLength: 64 }) }, { additionalProperties: false });

interface IssuerRoute {
  readonly method: 'GET' | 'POST';
  readonly operationId: string;
  /** As the library knows it. */
  readonly path: string;
  /** Where it is for everybody, if not behind /oidc. */
  readonly url?: string;
}

const routes: readonly IssuerRoute[] = [
  { method: 'GET', operationId: 'getIssuerMetadata', path: '/.well-known/openid-configuration' },
  {
    method: 'GET',
    operationId: 'getAuthorizationServerMetadata',
    path: '/.well-known/oauth-authorization-server',
    // RFC 8414 section 3.1 puts the well-known part before the issuer's path.
    url: `/.well-known/oauth-authorization-server${issuerPath}`,
  },
  { method: 'GET', operationId: 'getSigningKeys', path: '/jwks' },
  { method: 'GET', operationId: 'authorize', path: '/auth' },
  { method: 'GET', operationId: 'resumeAuthorization', path: '/auth/:uid' },
  { method: 'POST', operationId: 'createToken', path: '/token' },
  { method: 'POST', operationId: 'revokeToken', path: '/token/revocation' },
  { method: 'POST', operationId: 'introspectToken', path: '/token/introspection' },
  { method: 'GET', operationId: 'endSession', path: '/session/end' },
  { method: 'POST', operationId: 'confirmEndSession', path: '/session/end/confirm' },
  { method: 'GET', operationId: 'getSessionEnded', path: '/session/end/success' },
];

/**
 * The embedded issuer under /oidc. Its answers are those of OAuth and OpenID Connect and stand in their standards, not
 * in our description of the API.
 */
export const issuerRoutes =
  ({ issuer }: { issuer: Issuer }): FastifyPluginAsyncTypebox =>
  async (app) => {
    // The library reads the body itself, 56 KiB at most.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    for (const { method, operationId, path, url = `${issuerPath}${path}` } of routes) {
      app.route({
        method,
        url,
        config: { public: true, produces: ['application/json', 'text/html'] },
        schema: {
          hide: true,
          operationId,
          querystring: anyQuery,
          ...(path.endsWith('/:uid') ? { params: uidSchema } : {}),
          response: { 200: Type.Unknown() },
        },
        handler: (request, reply) => forward(issuer, { request, reply, path }),
      });
    }
  };

async function forward(
  issuer: Issuer,
  { request, reply, path }: { request: FastifyRequest; reply: FastifyReply; path: string },
): Promise<void> {
  // What fails here still becomes a problem.
  const handle = await issuer.handler();
  const { raw } = request;
  const url = `${path.replace(':uid', uidOf(request.params))}${queryOf(raw.url ?? '', path)}`;
  // What the library logs is the address that we believe, not the one that a client wrote.
  raw.headers['x-forwarded-for'] = request.ip;
  Object.assign(raw, { originalUrl: `${new URL(issuer.identifier()).pathname}${url}`, url });
  reply.hijack();
  const response = reply.raw;
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) response.setHeader(name, value);
  }
  const timer = setTimeout(() => endLate(response), timeoutMs);
  try {
    await handle(raw, response);
  } catch {
    // The library has logged it.
    response.destroy();
  } finally {
    clearTimeout(timer);
  }
}

function uidOf(params: unknown): string {
  const uid = typeof params === 'object' && params !== null && 'uid' in params ? params.uid : '';
  return encodeURIComponent(String(uid));
}

/**
 * The query with its mark. Who asks for offline access need not ask for consent besides: the administrators have given
 * it when they registered the application, which OpenID Connect Core section 11 allows; the library insists.
 */
function queryOf(address: string, path: string): string {
  const mark = address.indexOf('?');
  if (mark === -1) return '';
  const query = address.slice(mark);
  if (path !== '/auth') return query;
  const parameters = new URLSearchParams(query);
  const wantsOffline = parameters.get('scope')?.split(' ').includes('offline_access') === true;
  const prompts = parameters.getAll('prompt');
  if (!wantsOffline || prompts.length > 1 || /\b(?:none|consent)\b/.test(prompts[0] ?? '')) return query;
  parameters.set('prompt', `${prompts[0] ?? ''} consent`.trim());
  return `?${parameters.toString()}`;
}

/** RFC 6749 section 4.1.2.1 has a word for it. */
function endLate(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(503, { 'content-type': 'application/json', 'cache-control': 'no-store', 'retry-after': '5' });
  response.end(JSON.stringify({ error: 'temporarily_unavailable' }));
}
