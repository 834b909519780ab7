import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Database } from '../../db/transaction.ts';
import { contextOf, dryRun204, sendOutcome } from '../../http/command-request.ts';
import { isNotModified } from '../../http/entity-tag.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery } from '../../http/schema-parts.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Audit } from '../audit/index.ts';
import { settingsPatchSchema, settingsSchema } from './settings-schemas.ts';
import { getSettings, patchSettings, settingsTag } from './settings-service.ts';

const tags = ['Institution settings'];
const url = '/service/institutionSettings';

/** What holds for the whole institution, and what it decides itself. */
export const settingsRoutes =
  (deps: { database: Database; clock: Clock; audit: Audit }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url,
      config: { right: 'readSettings' },
      schema: {
        operationId: 'getInstitutionSettings',
        summary: 'Read the settings of the institution',
        tags,
        response: { 200: settingsSchema, 304: Type.Null({ description: 'Not changed.' }) },
      },
      handler: async (request, reply) => {
        const body = await getSettings(deps, request.principal);
        const tag = settingsTag(request.principal.institutionId, body);
        reply.header('etag', tag);
        return isNotModified(request, tag) ? reply.code(304).send(null) : body;
      },
    });

    app.route({
      method: 'PATCH',
      url,
      config: { right: 'manageSettings' },
      schema: {
        operationId: 'patchInstitutionSettings',
        summary: 'Exclude templates, hide and narrow filter types',
        description:
          'JSON Merge Patch (RFC 7396): an array is replaced whole, `null` empties it. It binds what is made from now on: audiences that are there keep their filters and are refreshed as before. Needs `If-Match`.',
        tags,
        querystring: closed({ ...dryRunQuery }),
        body: settingsPatchSchema,
        response: {
          200: settingsSchema,
          204: dryRun204,
          ...problemResponses('preconditionFailed', 'unprocessableEntity', 'preconditionRequired'),
        },
      },
      handler: async (request, reply) => {
        const context = contextOf(request, 'patchInstitutionSettings');
        const target = { headers: { 'if-match': request.headers['if-match'] } };
        return sendOutcome(await patchSettings(deps, context, target, request.body), request, reply);
      },
    });
  };
