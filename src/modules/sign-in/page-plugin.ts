import { fastifyFormbody } from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { logError } from '../../http/error-log.ts';
import { checkText } from '../../http/unstorable-text.ts';
import { Problem, type ProblemName } from '../../lib/problem.ts';
import { failurePage } from './message-pages.ts';
import { show, VisitRefused, visitOf } from './sign-in-desk.ts';

/** The largest form is a password of 512 characters twice, each of them escaped. */
const formBytesMax = 16 * 1024;

/** What a plugin of pages needs: it reads forms, and its errors are pages. Only for the scope that it is called with. */
export async function addPages(
  app: FastifyInstance,
  deps: { publicUrl: string | undefined; logger: Logger },
): Promise<void> {
  await app.register(fastifyFormbody, { bodyLimit: formBytesMax });
  app.addHook('preValidation', async (request) => checkText(request.body, 'form'));
  app.setErrorHandler((error, request, reply) => showError(error, { request, reply, ...deps }));
}

function showError(
  error: unknown,
  at: { request: FastifyRequest; reply: FastifyReply; publicUrl: string | undefined; logger: Logger },
): FastifyReply {
  const visit = visitOf(at.request, at.reply, at.publicUrl);
  if (error instanceof VisitRefused) return show(visit, error.page, { status: error.status });
  const problem = problemOf(error);
  if (problem.status >= 500) logError(at.logger, error, { problem, request: at.request });
  at.reply.headers({ ...problem.headers });
  return show(visit, failurePage(textOf(problem)), { status: problem.status });
}

/** Refusals of Fastify and its plugins. */
const byStatus: Readonly<Record<number, ProblemName>> = {
  408: 'requestTimeout',
  413: 'payloadTooLarge',
  415: 'unsupportedMediaType',
};

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const status: unknown = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  if (typeof status !== 'number' || status >= 500) return new Problem('internalServerError', { cause: error });
  return new Problem(byStatus[status] ?? 'badRequest', { cause: error });
}

function textOf(problem: Problem): string {
  if (problem.status === 404) return 'There is no such page.';
  if (problem.status === 429) return 'There were too many requests. Wait a moment, then try again.';
  if (problem.status === 503) return 'The server is busy. Wait a moment, then try again.';
  if (problem.status >= 500)
    return `Something went wrong on the server. An operator finds it in the log by ${problem.id}.`;
  return 'What was sent is not what this page asks for. Go back, load the page again and try once more.';
}
