import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import { contextOf, dryRun204, sendOutcome, targetOf } from '../../http/command-request.ts';
import { isNotModified } from '../../http/entity-tag.ts';
import { setFilterSchema } from '../../http/filter-schemas.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuery, pageSchema } from '../../http/paging.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery } from '../../http/schema-parts.ts';
import { sendReply } from '../../http/send-reply.ts';
import { type CursorPosition, encodeCursor } from '../../lib/cursor.ts';
import { Problem } from '../../lib/problem.ts';
import { parseSet } from '../../lib/set-filter.ts';
import { suppressionChannels } from '../audiences/index.ts';
import { patchSuppression, removeSuppression } from './suppression-change.ts';
import {
  suppressionParamsSchema,
  suppressionPatchSchema,
  suppressionSchema,
  suppressionStates,
} from './suppression-schemas.ts';
import { getSuppression, getSuppressions, type SuppressionDeps } from './suppression-service.ts';
import type { SuppressionPosition } from './suppression-store.ts';
import { suppressionBody, suppressionTag } from './suppression-view.ts';

const tags = ['Suppressions'];

const listQuerySchema = closed({
  ...pageQuery(),
  channel: Type.Optional(setFilterSchema(suppressionChannels, 'The channel that it was made for.')),
  state: Type.Optional(setFilterSchema(suppressionStates, 'Whether it holds today.')),
});

/** Who is not to be contacted. A new one comes in as an import (`import-suppression-routes.ts`). */
export const suppressionRoutes =
  (deps: SuppressionDeps & { keyring: Keyring }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/suppressions',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'listSuppressions',
        summary: 'List the suppressions of the institution, newest first',
        tags,
        querystring: listQuerySchema,
        response: { 200: pageSchema(suppressionSchema, 'suppressions') },
      },
      handler: async (request) => {
        const { principal, query } = request;
        const key = (await deps.keyring.forInstitution(principal.institutionId)).macKey('cursor');
        const filter = {
          channels: query.channel && parseSet(query.channel, suppressionChannels, 'channel'),
          states: query.state && parseSet(query.state, suppressionStates, 'state'),
        };
        const after = positionOf(pagePosition(request, key, principal.institutionId));
        const { items, count, last } = await getSuppressions(deps, principal, filter, {
          after,
          limit: pageLimit(query),
        });
        const binding = cursorBinding(principal.institutionId, request.url);
        const nextStart = last && encodeCursor(key, binding, [last.created_at.getTime(), last.id]);
        const page = { items: items.map(suppressionBody), count, nextStart };
        return createPage(request, page, { publicUrl: app.publicUrl });
      },
    });

    app.route({
      method: 'GET',
      url: '/service/suppressions/:suppressionId',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'getSuppression',
        summary: 'Read a suppression',
        tags,
        params: suppressionParamsSchema,
        response: { 200: suppressionSchema, 304: Type.Null({ description: 'Not changed.' }) },
      },
      handler: async (request, reply) => {
        const seen = await getSuppression(deps, request.principal, request.params.suppressionId);
        const tag = suppressionTag(seen);
        reply.header('etag', tag);
        return isNotModified(request, tag) ? reply.code(304).send(null) : suppressionBody(seen);
      },
    });

    app.route({
      method: 'PATCH',
      url: '/service/suppressions/:suppressionId',
      config: { right: 'manageSuppressions' },
      schema: {
        operationId: 'patchSuppression',
        summary: 'Change name, description or the last day of a suppression',
        description:
          'JSON Merge Patch (RFC 7396): `expiresOn: null` makes it hold until it is deleted. Needs `If-Match`.',
        tags,
        params: suppressionParamsSchema,
        querystring: closed({ ...dryRunQuery }),
        body: suppressionPatchSchema,
        response: {
          200: suppressionSchema,
          204: dryRun204,
          ...problemResponses('preconditionFailed', 'unprocessableEntity', 'preconditionRequired'),
        },
      },
      handler: async (request, reply) => {
        const target = targetOf(request, request.params.suppressionId);
        const outcome = await patchSuppression(deps, contextOf(request, 'patchSuppression'), target, request.body);
        return sendOutcome(outcome, request, reply);
      },
    });

    app.route({
      method: 'DELETE',
      url: '/service/suppressions/:suppressionId',
      config: { right: 'manageSuppressions' },
      schema: {
        operationId: 'deleteSuppression',
        summary: 'Delete a suppression',
        description:
          'At once it holds back nobody. The ledger of its import and the audit trail stay. Needs `If-Match`.',
        tags,
        params: suppressionParamsSchema,
        querystring: closed({ ...dryRunQuery }),
        response: {
          204: Type.Null({ description: 'Deleted.' }),
          ...problemResponses('preconditionFailed', 'preconditionRequired'),
        },
      },
      handler: async (request, reply) => {
        const target = targetOf(request, request.params.suppressionId);
        return sendReply(await removeSuppression(deps, contextOf(request, 'deleteSuppression'), target), reply);
      },
    });
  };

function positionOf(position: CursorPosition | undefined): SuppressionPosition | undefined {
  if (position === undefined) return undefined;
  const [createdAt, id] = position;
  if (typeof createdAt === 'number' && typeof id === 'string') return { createdAt: new Date(createdAt), id };
  throw new Problem('badRequest', {
    detail: 'start is not a cursor of this collection. Begin again without start.',
  });
}
