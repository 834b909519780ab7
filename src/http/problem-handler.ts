import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { databaseErrorCode } from '../db/error-facts.ts';
import type { Clock } from '../lib/clock.ts';
import { Problem, type ProblemName } from '../lib/problem.ts';
import { logError } from './error-log.ts';
import { problemBody, problemMediaType } from './problem-body.ts';

export interface ProblemHandlerDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly publicUrl: string | undefined;
}

const ownId = /^[0-9a-f]{20}$/;
const retryAfterSeconds = '5';
const told = new WeakMap<FastifyRequest, Problem>();

/** Fastify's own refusals by status; their messages are not ours and are not shown. */
const byStatus: Readonly<Record<number, { name: ProblemName; detail: string }>> = {
  400: { name: 'badRequest', detail: 'The request is not valid HTTP or JSON.' },
  404: { name: 'notFound', detail: 'There is nothing at this address.' },
  408: { name: 'requestTimeout', detail: 'The request did not arrive in time.' },
  413: { name: 'payloadTooLarge', detail: 'The body is larger than this operation allows.' },
  414: { name: 'notFound', detail: 'There is nothing at this address.' },
  415: { name: 'unsupportedMediaType', detail: 'Send a Content-Type that this operation reads.' },
};

/** The database refuses connections, shuts down, or has cancelled the statement: trying again later may help. */
const unavailable = /^(08...|57P0[1-5]|57014|53[0-9]..|55P03|ECONNREFUSED|ECONNRESET|EPIPE|ENOENT|ETIMEDOUT)$/;

/** The problem that this request was answered with, for its log line. */
export function findProblem(request: FastifyRequest): Problem | undefined {
  return told.get(request);
}

/** The one place where errors become answers. */
export function addProblemHandler(app: FastifyInstance, deps: ProblemHandlerDeps): void {
  app.setErrorHandler((error, request, reply) => {
    const problem = toProblem(error);
    if (problem.status >= 500) logError(deps.logger, error, { problem, request });
    return sendProblem(problem, { request, reply, deps });
  });
}

/** Answers errors that happen before routing, where no hook and no error handler runs. */
export function sendFrameworkError(
  deps: ProblemHandlerDeps,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  sendProblem(toProblem(error), { request, reply, deps });
}

function sendProblem(
  problem: Problem,
  to: { request: FastifyRequest; reply: FastifyReply; deps: ProblemHandlerDeps },
): FastifyReply {
  told.set(to.request, problem);
  const body = problemBody(problem, {
    at: to.deps.clock.now(),
    publicUrl: to.deps.publicUrl,
    instance: instanceOf(to.request),
  });
  // What the handler had set (an entity tag, a CSV type) belongs to the answer that is not given.
  for (const name of ['etag', 'content-disposition', 'link', 'location', 'last-modified']) to.reply.removeHeader(name);
  // Written here as bytes: a problem must not fail on a serialiser, and its media type has no charset parameter.
  return to.reply
    .code(problem.status)
    .headers({ ...problem.headers })
    .header('content-type', problemMediaType)
    .send(Buffer.from(JSON.stringify(body)));
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const databaseCode = databaseErrorCode(error);
  if (databaseCode !== undefined) return databaseProblem(databaseCode, error);
  if (!(error instanceof Error)) return new Problem('internalServerError', { cause: error });
  const status: unknown = 'statusCode' in error ? error.statusCode : undefined;
  if (typeof status !== 'number' || status >= 500) return new Problem('internalServerError', { cause: error });
  const refusal = byStatus[status];
  // Only Fastify and its plugins carry a status: what they refuse is the client's fault.
  return refusal === undefined
    ? new Problem('badRequest', { cause: error })
    : new Problem(refusal.name, { detail: refusal.detail, cause: error });
}

function databaseProblem(code: string, cause: unknown): Problem {
  if (!unavailable.test(code)) return new Problem('internalServerError', { cause });
  return new Problem('serviceUnavailable', {
    detail: 'The database does not answer now. Try again in a moment.',
    headers: { 'Retry-After': retryAfterSeconds },
    cause,
  });
}

/**
 * The path of the occurrence, without query. A path that is no route, or whose ids are not of our form, may be
 * somebody's data and is not repeated.
 */
function instanceOf(request: FastifyRequest): string | undefined {
  const route = request.is404 ? undefined : request.routeOptions.url;
  if (route === undefined) return undefined;
  const params: Readonly<Record<string, unknown>> = { ...(typeof request.params === 'object' ? request.params : {}) };
  if (Object.values(params).some((value) => typeof value !== 'string' || !ownId.test(value))) return undefined;
  return route.replaceAll(/:([A-Za-z]+)/g, (_match, name: string) => String(params[name]));
}
