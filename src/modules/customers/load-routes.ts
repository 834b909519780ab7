import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type TSchema, Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageSchema } from '../../http/paging.ts';
import { applyPreference, parsePrefer } from '../../http/preferences.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, resourceIdSchema } from '../../http/schema-parts.ts';
import { sendReply } from '../../http/send-reply.ts';
import { streamedBody } from '../../http/streamed-body.ts';
import { type CursorPosition, encodeCursor } from '../../lib/cursor.ts';
import { Problem } from '../../lib/problem.ts';
import { parseRange } from '../../lib/range.ts';
import { parseSet } from '../../lib/set-filter.ts';
import type { CommandReply } from '../commands/index.ts';
import { tooLarge } from './loads/load-body.ts';
import type { LoadLimits, LoadResource } from './loads/load-kind.ts';
import { createLoadQuery } from './loads/load-query.ts';
import {
  type LoadQuery,
  loadListQuerySchema,
  loadModes,
  type loadQuerySchema,
  loadStates,
} from './loads/load-schemas.ts';
import type { LoadOrder } from './loads/load-service.ts';

export interface LoadRouteDeps {
  readonly database: Database;
  readonly keyring: Keyring;
}

/** Loads of one kind, as an API: three routes under the collection. */
export interface LoadRouteTerms {
  readonly resource: LoadResource<unknown>;
  readonly limits: LoadLimits;
  readonly load: (order: LoadOrder) => Promise<CommandReply>;
  readonly tag: string;
  /** The name of a load's id in its address. */
  readonly idParameter: string;
  readonly operationIds: { readonly create: string; readonly list: string; readonly get: string };
  readonly summary: string;
  readonly description: string;
  readonly query: typeof loadQuerySchema;
  readonly files: Readonly<Record<keyof typeof mediaTypes, TSchema>>;
  readonly loadSchema: TSchema;
  /** The name of a page's schema. */
  readonly pageId: string;
}

const mediaTypes = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;

/** Loading a file, and what became of each load. */
export const loadRoutes =
  (deps: LoadRouteDeps, terms: LoadRouteTerms): FastifyPluginAsyncTypebox =>
  async (app) => {
    const { collection } = terms.resource;
    const tags = [terms.tag];
    const loads = createLoadQuery(deps, terms.resource);
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(Object.values(mediaTypes), (_request, payload, done) => done(null, payload));

    app.route({
      method: 'POST',
      url: collection,
      config: { right: 'loadCustomers', streamed: true },
      schema: {
        operationId: terms.operationIds.create,
        summary: terms.summary,
        description: terms.description,
        tags,
        querystring: terms.query,
        body: streamedBody({ [mediaTypes.csv]: terms.files.csv, [mediaTypes.ndjson]: terms.files.ndjson }),
        response: {
          200: terms.loadSchema,
          201: terms.loadSchema,
          202: terms.loadSchema,
          204: Type.Null({ description: 'The dry run found nothing that stops it.' }),
          ...problemResponses('conflict', 'customerLoadInProgress', 'idempotencyKeyReused'),
          ...problemResponses('tooManyRemovals', 'unreadableList', 'idempotencyKeyReused'),
        },
      },
      handler: async (request, reply) => await receiveLoad(terms, request, request.query, reply),
    });

    app.route({
      method: 'GET',
      url: collection,
      config: { right: 'loadCustomers' },
      schema: {
        operationId: terms.operationIds.list,
        summary: 'List the loads, newest first',
        tags,
        querystring: loadListQuerySchema,
        response: { 200: pageSchema(terms.loadSchema, terms.pageId) },
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
        const page = await loads.listLoads(principal, filter, { after, limit: pageLimit(query) });
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
      url: `${collection}/:${terms.idParameter}`,
      config: { right: 'loadCustomers' },
      schema: {
        operationId: terms.operationIds.get,
        summary: 'Read a load: its progress, or what became of it',
        tags,
        params: closed({ [terms.idParameter]: resourceIdSchema }),
        response: { 200: terms.loadSchema },
      },
      handler: async ({ principal, params }) => await loads.getLoad(principal, params[terms.idParameter] ?? ''),
    });
  };

async function receiveLoad(
  { limits, load, operationIds }: LoadRouteTerms,
  request: FastifyRequest,
  query: LoadQuery,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const format = checkHeaders(request, limits.bytesMax);
  const { principal, dryRun, idempotency: claim } = request;
  const prefer = parsePrefer(request.headers.prefer);
  const respondAsync = prefer.respondAsync && !dryRun;
  const outcome = await load({
    context: { principal, operation: operationIds.create, dryRun, claim },
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
    throw new Problem('unsupportedMediaType', { detail: 'Loads are read in UTF-8.' });
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
