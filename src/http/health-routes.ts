import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Database } from '../db/transaction.ts';
import { Problem } from '../lib/problem.ts';
import { closed } from './schema-parts.ts';

const healthSchema = Type.Object({ status: Type.Literal('ok') }, { $id: 'health', additionalProperties: false });
const readinessSchema = Type.Object(
  { status: Type.Literal('ready') },
  { $id: 'readiness', additionalProperties: false },
);

/** A check's result holds this long, so that probes cost the database next to nothing. */
const checkEveryMs = 2_000;

export interface HealthDeps {
  readonly database: Database;
  readonly isClosing: () => boolean;
}

/**
 * `/healthz`: the process answers. `/readyz`: it takes work. Both answer from memory: the embedded engine has one
 * session, and a long import must not make the process look dead.
 */
export const healthRoutes =
  (deps: HealthDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    const databaseAnswers = createDatabaseCheck(deps.database);

    app.route({
      method: 'GET',
      url: '/healthz',
      config: { public: true },
      schema: {
        operationId: 'getHealth',
        summary: 'Whether the process lives',
        tags: ['Operations'],
        querystring: closed({}),
        response: { 200: healthSchema },
      },
      handler: async () => ({ status: 'ok' as const }),
    });

    app.route({
      method: 'GET',
      url: '/readyz',
      config: { public: true },
      schema: {
        operationId: 'getReadiness',
        summary: 'Whether the process takes work',
        tags: ['Operations'],
        querystring: closed({}),
        response: { 200: readinessSchema },
      },
      handler: async () => {
        if (deps.isClosing() || !databaseAnswers()) {
          throw new Problem('serviceUnavailable', {
            detail: 'The server is starting, stopping, or has lost its database.',
            headers: { 'Retry-After': '5' },
          });
        }
        return { status: 'ready' as const };
      },
    });
  };

/** The last known answer of the database; asking starts a new check in the background when that one is old. */
function createDatabaseCheck(database: Database): () => boolean {
  let answers = true;
  let checkedAt = Number.NEGATIVE_INFINITY;
  let running = false;
  const check = async () => {
    running = true;
    try {
      // An empty transaction: begin, role and commit need a living server.
      await database.inAuthentication(async () => undefined);
      answers = true;
    } catch {
      answers = false;
    } finally {
      checkedAt = performance.now();
      running = false;
    }
  };
  return () => {
    if (!running && performance.now() - checkedAt > checkEveryMs) void check();
    return answers;
  };
}
