import { createHmac } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../lib/problem.ts';
import type { Idempotency } from '../modules/commands/index.ts';
import { findPrincipal } from './request-context.ts';
import { sendReply } from './send-reply.ts';

const keyPattern = /^[-a-zA-Z0-9_.$:~+=]{1,255}$/;

/**
 * `Idempotency-Key` on every POST under /service: the claim is taken before the body is read, compared with the body
 * once that is here (streamed routes do this themselves), and given up with the answer unless the command finished
 * it. Dry runs change nothing, so their key is ignored.
 */
export function addIdempotency(app: FastifyInstance, idempotency: Idempotency): void {
  app.addHook('preParsing', async (request) => {
    const principal = findPrincipal(request);
    const key = keyOf(request);
    if (principal === undefined || key === undefined || request.method !== 'POST' || request.dryRun) return;
    const operation = request.routeOptions.schema?.operationId;
    if (operation === undefined) return;
    request.idempotency = await idempotency.claim({ principal, key, operation, target: targetOf(request.url) });
  });

  app.addHook('preValidation', async (request, reply) => {
    const claim = request.idempotency;
    if (claim === undefined || request.routeOptions.config.streamed === true) return;
    const digest = createHmac('sha256', claim.digestKey)
      .update(request.rawBody ?? '')
      .digest();
    const stored = await claim.verify(digest);
    if (stored === undefined) return;
    await sendReply(stored, reply);
    return reply;
  });

  // Every answer passes here, a problem's too, and also when the client has gone.
  app.addHook('onSend', async (request) => {
    await request.idempotency?.release();
  });
}

function keyOf(request: FastifyRequest): string | undefined {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return undefined;
  if (typeof header === 'string' && keyPattern.test(header)) return header;
  throw new Problem('badRequest', {
    detail: 'Idempotency-Key must have 1 to 255 of the characters A-Z a-z 0-9 - _ . $ : ~ + =.',
  });
}

/** Path and sorted query: the part of "the same request" that is known before the body. */
function targetOf(url: string): string {
  const mark = url.indexOf('?');
  if (mark === -1) return url;
  const query = new URLSearchParams(url.slice(mark + 1));
  query.sort();
  return `${url.slice(0, mark)}?${query.toString()}`;
}
