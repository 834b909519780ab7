import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageSchema } from '../../http/paging.ts';
import { applyPreference, parsePrefer } from '../../http/preferences.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { sendReply } from '../../http/send-reply.ts';
import { streamedBody } from '../../http/streamed-body.ts';
import { type CursorPosition, encodeCursor } from '../../lib/cursor.ts';
import { Problem } from '../../lib/problem.ts';
import { parseRange } from '../../lib/range.ts';
import { parseSet } from '../../lib/set-filter.ts';
import { tooLarge } from './loads/load-body.ts';
import { getLoad, getLoads } from './loads/load-query.ts';
import {
  csvFileSchema,
  customerLoadSchema,
  type LoadQuery,
  loadListQuerySchema,
  loadModes,
  loadParamsSchema,
  loadQuerySchema,
  loadStates,
  ndjsonFileSchema,
} from './loads/load-schemas.ts';
import type { CustomerLoads } from './loads/load-service.ts';

export interface CustomerLoadRouteDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly customerLoads: CustomerLoads;
}

const tags = ['Customer loads'];
const mediaTypes = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

/** Loading the customer base, and what became of each load. */
export const customerLoadRoutes =
  (deps: CustomerLoadRouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(Object.values(mediaTypes), (_request, payload, done) => done(null, payload));

    app.route({
      method: 'POST',
      url: '/service/customerLoads',
      config: { right: 'loadCustomers', streamed: true },
      schema: {
        operationId: 'createCustomerLoad',
        summary: 'Load the customer base',
        description: 'All of the file becomes visible at once, or nothing. One load of an institution runs at a time.',
        tags,
        querystring: loadQuerySchema,
        body: streamedBody({ [mediaTypes.csv]: csvFileSchema, [mediaTypes.ndjson]: ndjsonFileSchema }),
        response: {
          200: customerLoadSchema,
          201: customerLoadSchema,
          202: customerLoadSchema,
          204: Type.Null({ description: 'The dry run found nothing that stops it.' }),
          ...problemResponses('conflict', 'customerLoadInProgress', 'idempotencyKeyReused'),
          ...problemResponses('tooManyRemovals', 'unreadableList', 'idempotencyKeyReused'),
        },
      },
      handler: async (request, reply) => await receiveLoad(deps, request, request.query, reply),
    });

    app.route({
      method: 'GET',
      url: '/service/customerLoads',
      config: { right: 'loadCustomers' },
      schema: {
        operationId: 'listCustomerLoads',
        summary: 'List the loads, newest first',
        tags,
        querystring: loadListQuerySchema,
        response: { 200: pageSchema(customerLoadSchema, 'customerLoads') },
      },
      handler: async (request) => {
        const { principal, query } = request;
        const key = (await deps.keyring.forInstitution(principal.institutionId)).macKey('cursor');
        const filter = {
          ...(query.state === undefined ? {} : { states: parseSet(query.state, loadStates, 'state') }),
          ...(query.mode === undefined ? {} : { modes: parseSet(query.mode, loadModes, 'mode') }),
          ...(query.createdAt === undefined
            ? {}
            : { createdAt: parseRange('timestamp', query.createdAt, 'createdAt') }),
        };
        const after = afterOf(pagePosition(request, key, principal.institutionId));
        const page = await getLoads(deps, principal, filter, { after, limit: pageLimit(query) });
        const nextStart =
          page.last === undefined
            ? undefined
            : encodeCursor(key, cursorBinding(principal.institutionId, request.url), [
                page.last.created_at.toISOString(),
                page.last.id,
              ]);
        return createPage(request, { ...page, nextStart }, { publicUrl: app.publicUrl });
      },
    });

    app.route({
      method: 'GET',
      url: '/service/customerLoads/:customerLoadId',
      config: { right: 'loadCustomers' },
      schema: {
        operationId: 'getCustomerLoad',
        summary: 'Read a load: its progress, or what became of it',
        tags,
        params: loadParamsSchema,
        response: { 200: customerLoadSchema },
      },
      handler: async (request) => await getLoad(deps, request.principal, request.params.customerLoadId),
    });
  };

async function receiveLoad(
  { customerLoads }: CustomerLoadRouteDeps,
  request: FastifyRequest,
  query: LoadQuery,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const format = checkHeaders(request, customerLoads.limits.bytesMax);
  const { principal, dryRun, idempotency: claim } = request;
  const prefer = parsePrefer(request.headers.prefer);
  const respondAsync = prefer.respondAsync && !dryRun;
  const outcome = await customerLoads.load({
    context: { principal, operation: 'createCustomerLoad', dryRun, claim },
    mode: query.mode,
    format,
    ignoreColumns: namesOf(query.ignoreColumns),
    confirmRemovals: query.confirmRemovals ?? false,
    respondAsync,
    body: request.raw,
  });
  if (respondAsync) applyPreference(reply, 'respond-async');
  if (!dryRun) return sendReply(outcome, reply);
  if (!prefer.returnRepresentation) return sendReply({ status: 204 }, reply);
  applyPreference(reply, 'return=representation');
  return sendReply(outcome, reply);
}

/** What can be refused before the body. @throws Problem `unsupportedMediaType`, `payloadTooLarge` */
function checkHeaders(request: FastifyRequest, bytesMax: number): 'csv' | 'ndjson' {
  const [mediaType = '', ...parameters] = (request.headers['content-type'] ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && !['utf-8', 'utf8', 'us-ascii'].includes(charset.replaceAll('"', ''))) {
    throw new Problem('unsupportedMediaType', { detail: 'The customer base is loaded in UTF-8.' });
  }
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new Problem('unsupportedMediaType', { detail: 'The body must not have a Content-Encoding.' });
  }
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge(bytesMax);
  if (mediaType === mediaTypes.csv) return 'csv';
  if (mediaType === mediaTypes.ndjson) return 'ndjson';
  throw new Problem('unsupportedMediaType', { detail: `Send ${mediaTypes.csv} or ${mediaTypes.ndjson}.` });
}

function namesOf(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function afterOf(position: CursorPosition | undefined): { createdAt: Date; id: string } | undefined {
  const [createdAt, id] = position ?? [];
  return typeof createdAt === 'string' && typeof id === 'string' ? { createdAt: new Date(createdAt), id } : undefined;
}
