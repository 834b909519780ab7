import { finished } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Metrics } from './metrics.ts';
import { findProblem } from './problem-handler.ts';
import { findPrincipal } from './request-context.ts';

export interface RequestLogDeps {
  readonly logger: Logger;
  readonly metrics: Metrics | undefined;
}

/**
 * One line and one observation a request. The line names the operation, never the address: an address can hold what
 * a caller typed.
 */
export function addRequestLog(app: FastifyInstance, deps: RequestLogDeps): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('request-id', request.id);
    const from = performance.now();
    // Not onResponse, which is silent when the client goes before the end; and without it Fastify measures no time.
    finished(reply.raw, (error) =>
      logRequest(deps, { request, reply, ms: performance.now() - from, aborted: error instanceof Error }),
    );
  });
}

export function logRequest(
  deps: RequestLogDeps,
  { request, reply, ms, aborted }: { request: FastifyRequest; reply: FastifyReply; ms: number; aborted: boolean },
): void {
  const operation = operationOf(request);
  const status = reply.raw.statusCode;
  deps.metrics?.observeRequest({ operation, status, seconds: ms / 1000 });
  const problem = findProblem(request);
  deps.logger.info(
    {
      requestId: request.id,
      operation,
      status,
      ms: Math.round(ms * 1_000) / 1_000,
      institution: findPrincipal(request)?.institutionId,
      ...(problem === undefined ? {} : { problemId: problem.id, problemType: problem.type }),
      ...(aborted ? { aborted } : {}),
    },
    'request',
  );
}

function operationOf(request: FastifyRequest): string {
  if (request.is404) return 'unknown';
  return request.routeOptions.schema?.operationId ?? 'unknown';
}
