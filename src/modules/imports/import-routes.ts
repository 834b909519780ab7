import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { rangeFilterSchema, setFilterSchema } from '../../http/filter-schemas.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuery, pageSchema } from '../../http/paging.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, resourceIdSchema } from '../../http/schema-parts.ts';
import { sendReply } from '../../http/send-reply.ts';
import { type CursorPosition, encodeCursor } from '../../lib/cursor.ts';
import { Problem } from '../../lib/problem.ts';
import { parseRange } from '../../lib/range.ts';
import { parseSet } from '../../lib/set-filter.ts';
import { watchRight } from '../commands/index.ts';
import { pageOfLines } from './import-lines.ts';
import { progressEvents } from './import-progress.ts';
import { cancelImport, getImport, getImports, getLedger } from './import-query.ts';
import {
  customerAudienceImportSchema,
  importLineSchema,
  importOutcomes,
  importStates,
  invalidReasons,
} from './import-schemas.ts';
import { type ImportDeps, recordingDenial } from './import-service.ts';

const importParams = closed({ importId: resourceIdSchema });

const listQuery = closed({
  ...pageQuery(),
  state: Type.Optional(setFilterSchema(importStates, 'The state of the import.')),
  createdAt: Type.Optional(rangeFilterSchema('timestamp', 'When it was made.')),
  customerAudience: Type.Optional(
    Type.Array(resourceIdSchema, { minItems: 1, maxItems: 20, description: 'The audience that it made or changed.' }),
  ),
});

const linesQuery = closed({
  ...pageQuery(),
  outcome: Type.Optional(setFilterSchema(importOutcomes, 'What became of the line.')),
  reason: Type.Optional(setFilterSchema(invalidReasons, 'Why the line is invalid.')),
});

/** Fastify reads a response by media type; TypeBox has no name for that. */
const eventStream = Type.Unsafe<Readable>({ content: { 'text/event-stream': { schema: Type.String() } } });

/** What became of each import: the resource, its lines, its progress. */
export const importRoutes =
  (deps: Omit<ImportDeps, 'budgets'>): FastifyPluginAsyncTypebox =>
  async (app) => {
    const read = { right: 'readAudiences' } as const;

    app.get(
      '/service/customerAudienceImports',
      {
        config: read,
        schema: {
          operationId: 'listCustomerAudienceImports',
          tags: ['Imports'],
          summary: 'List imports, newest first',
          querystring: listQuery,
          response: { 200: pageSchema(customerAudienceImportSchema, 'customerAudienceImports') },
        },
      },
      async (request) => {
        const { principal, query } = request;
        const key = (await deps.keyring.forInstitution(principal.institutionId)).macKey('cursor');
        const filter = {
          states: query.state && parseSet(query.state, importStates, 'state'),
          createdAt: query.createdAt === undefined ? undefined : parseRange('timestamp', query.createdAt, 'createdAt'),
          audienceIds: query.customerAudience,
        };
        const after = importPosition(pagePosition(request, key, principal.institutionId));
        const page = await getImports(deps, principal, filter, { after, limit: pageLimit(query) });
        const binding = cursorBinding(principal.institutionId, request.url);
        const nextStart = page.last && encodeCursor(key, binding, [page.last.created_at.getTime(), page.last.id]);
        return createPage(request, { ...page, nextStart }, { publicUrl: app.publicUrl });
      },
    );

    app.get(
      '/service/customerAudienceImports/:importId',
      {
        config: read,
        schema: {
          operationId: 'getCustomerAudienceImport',
          tags: ['Imports'],
          summary: 'Get an import',
          params: importParams,
          response: { 200: customerAudienceImportSchema },
        },
      },
      async (request) => await getImport(deps, request.principal, request.params.importId),
    );

    app.delete(
      '/service/customerAudienceImports/:importId',
      {
        config: { right: 'importLists' },
        schema: {
          operationId: 'cancelCustomerAudienceImport',
          tags: ['Imports'],
          summary: 'Cancel an import that waits or runs',
          params: importParams,
          response: { 204: Type.Null(), ...problemResponses('conflict') },
        },
      },
      async (request, reply) => {
        const { principal } = request;
        const context = { principal, operation: 'cancelCustomerAudienceImport', dryRun: false };
        return await sendReply(await cancelImport(deps, context, request.params.importId), reply);
      },
    );

    app.get(
      '/service/customerAudienceImports/:importId/lines',
      {
        config: read,
        schema: {
          operationId: 'listCustomerAudienceImportLines',
          tags: ['Imports'],
          summary: 'List what became of each line',
          description: 'Line numbers, outcomes and reasons, in the order of the file. Never values.',
          params: importParams,
          querystring: linesQuery,
          response: { 200: pageSchema(importLineSchema, 'customerAudienceImportLines') },
        },
      },
      async (request) => {
        const { principal, query } = request;
        const key = (await deps.keyring.forInstitution(principal.institutionId)).macKey('cursor');
        const after = linePosition(pagePosition(request, key, principal.institutionId));
        const ledger = await getLedger(deps, principal, request.params.importId, {
          ...(query.outcome && { outcomes: parseSet(query.outcome, importOutcomes, 'outcome') }),
          ...(query.reason && { reasons: parseSet(query.reason, invalidReasons, 'reason') }),
        });
        const page = pageOfLines(ledger, { after, limit: pageLimit(query) });
        const binding = cursorBinding(principal.institutionId, request.url);
        const nextStart = page.last === undefined ? undefined : encodeCursor(key, binding, [page.last]);
        return createPage(request, { ...page, nextStart }, { publicUrl: app.publicUrl });
      },
    );

    app.get(
      '/service/customerAudienceImports/:importId/progress',
      {
        config: { ...read, streamed: true, produces: ['text/event-stream', 'application/json'] },
        schema: {
          operationId: 'watchCustomerAudienceImport',
          tags: ['Imports'],
          summary: 'Watch an import',
          description:
            'Server-sent events: `progress` at each change, `end` with the final state; data is the import. `problem` ends it when you may see it no longer.',
          params: importParams,
          response: { 200: eventStream },
        },
      },
      async (request, reply) => {
        const { principal, params } = request;
        // The first look before the stream: an import that is not there is a 404, not an event.
        await getImport(deps, principal, params.importId);
        const watch = watchRight(deps, principal, 'readAudiences');
        const look = async () => {
          await watch.check();
          return await getImport(deps, principal, params.importId);
        };
        const context = { principal, operation: 'watchCustomerAudienceImport' };
        const gone = new AbortController();
        request.raw.once('close', () => gone.abort());
        const events = progressEvents(() => recordingDenial(deps, context, params.importId, look), gone.signal);
        reply.header('content-type', 'text/event-stream').header('cache-control', 'no-store');
        return reply.send(Readable.from(events));
      },
    );
  };

function importPosition(position: CursorPosition | undefined): { createdAt: Date; id: string } | undefined {
  if (position === undefined) return undefined;
  const [createdAt, id] = position;
  if (typeof createdAt !== 'number' || typeof id !== 'string') throw notOurs();
  return { createdAt: new Date(createdAt), id };
}

function linePosition(position: CursorPosition | undefined): number | undefined {
  const [line] = position ?? [];
  if (position !== undefined && typeof line !== 'number') throw notOurs();
  return typeof line === 'number' ? line : undefined;
}

function notOurs(): Problem {
  return new Problem('badRequest', { detail: 'start is not a cursor of this collection. Begin again without start.' });
}
