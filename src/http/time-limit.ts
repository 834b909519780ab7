import { finished } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from '../lib/problem.ts';

/** From the request line to the answer, for a route that sets no `timeoutMs` of its own. */
const timeoutMs = 30_000;
/** 1 GiB at 5 Mbit/s takes 29 minutes. */
const streamedTimeoutMs = 45 * 60_000;
const retryAfterSeconds = '5';

/**
 * Ends requests that take longer than their route allows: 408 when the body has not arrived, else 503. An answer that
 * has begun is cut off. Fastify's own `handlerTimeout` forgets its timer as soon as a body has been read.
 */
export function addTimeLimit(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions;
    const limit = config.timeoutMs ?? (config.streamed === true ? streamedTimeoutMs : timeoutMs);
    const timer = setTimeout(() => endRequest(request, reply), limit);
    finished(reply.raw, () => clearTimeout(timer));
  });
}

function endRequest(request: FastifyRequest, reply: FastifyReply): void {
  if (reply.raw.headersSent) reply.raw.destroy();
  else if (!reply.sent) reply.send(problemOf(request));
}

function problemOf(request: FastifyRequest): Problem {
  return request.raw.complete
    ? new Problem('serviceUnavailable', {
        detail: 'The request took too long.',
        headers: { 'Retry-After': retryAfterSeconds },
      })
    : new Problem('requestTimeout', { detail: 'The body did not arrive in time.', headers: { Connection: 'close' } });
}
