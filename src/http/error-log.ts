import type { FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { databaseErrorFacts } from '../db/error-facts.ts';
import type { Problem } from '../lib/problem.ts';

const framesMax = 12;
const causesMax = 4;

/**
 * Logs what went wrong on the server: class names, places in our code, and what the database may tell. Never a
 * message: JSON.parse quotes its text, PostgreSQL its rows, and both hold customers' values.
 */
export function logError(logger: Logger, error: unknown, context: { problem: Problem; request: FastifyRequest }): void {
  const database = databaseErrorFacts(error);
  logger.error(
    {
      requestId: context.request.id,
      operation: context.request.routeOptions.schema?.operationId,
      problemId: context.problem.id,
      problemType: context.problem.type,
      errors: describeErrors(error),
      ...(database === undefined ? {} : { database }),
    },
    'request failed',
  );
}

/** An error and its causes as names and frames. */
export function describeErrors(error: unknown): readonly { name: string; code?: string; frames: readonly string[] }[] {
  const described = [];
  let current: unknown = error;
  while (current instanceof Error && described.length < causesMax) {
    const code: unknown = Reflect.get(current, 'code');
    described.push({
      name: current.name,
      ...(typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? { code } : {}),
      frames: framesOf(current),
    });
    current = current.cause;
  }
  return described;
}

/** The `at ...` lines of a stack: what stands above them is the message. */
function framesOf(error: Error): readonly string[] {
  const lines = (error.stack ?? '')
    .split('\n')
    .filter((line) => /^ {4}at /.test(line) && /:\d+:\d+\)?$|<anonymous>/.test(line));
  return lines.slice(0, framesMax).map((line) => line.trim());
}
