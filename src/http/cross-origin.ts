import type { FastifyInstance } from 'fastify';

/** Where scripts of other origins may read answers: the API and its description, no page and no cookie. */
const shared = /^\/(?:service\/|openapi\.json(?:\?|$))/;
const preflightSeconds = '600';
const methods = 'GET, POST, PUT, PATCH, DELETE';
const requestHeaders = [
  'Authorization',
  'API-Key',
  'Institution-Id',
  'Content-Type',
  'Content-Disposition',
  'Accept',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Prefer',
  'Reveal-Reason',
].join(', ');
const answerHeaders = [
  'ETag',
  'Link',
  'Location',
  'Content-Disposition',
  'Idempotency-Replayed',
  'Preference-Applied',
  'RateLimit-Limit',
  'RateLimit-Remaining',
  'RateLimit-Reset',
  'Retry-After',
  'WWW-Authenticate',
].join(', ');

/**
 * Cross-origin requests (Fetch standard, section 3.2) for exactly these origins; with none, nothing is answered
 * differently. Never with credentials: whoever calls from another origin brings a token, not a cookie.
 *
 * Before authentication: a browser sends its preflight without the token.
 */
export function addCrossOrigin(app: FastifyInstance, options: { origins: readonly string[] }): void {
  const { origins } = options;
  if (origins.length === 0) return;
  app.addHook('onRequest', async (request, reply) => {
    if (!shared.test(request.url)) return;
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return;
    reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', answerHeaders);
    // By default no other origin may embed an answer at all (helmet).
    reply.header('cross-origin-resource-policy', 'cross-origin');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return;
    return reply
      .code(204)
      .headers({
        'access-control-allow-methods': methods,
        'access-control-allow-headers': requestHeaders,
        'access-control-max-age': preflightSeconds,
        'cache-control': 'no-store',
      })
      .send();
  });
  app.addHook('onSend', async (request, reply) => {
    // Also where it is not allowed: a cache must not give one origin's answer to another.
    if (shared.test(request.url)) reply.header('vary', [reply.getHeader('vary') ?? [], 'Origin'].flat().join(', '));
  });
}
