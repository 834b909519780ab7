import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import { contextOf, dryRun204, sendOutcome, targetOf } from '../../http/command-request.ts';
import { isNotModified } from '../../http/entity-tag.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuery, pageSchema } from '../../http/paging.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery, resourceIdSchema } from '../../http/schema-parts.ts';
import { sendReply } from '../../http/send-reply.ts';
import { type CursorPosition, encodeCursor } from '../../lib/cursor.ts';
import { getTemplates, type TemplatePlace } from './audience-template-list.ts';
import {
  newTemplateSchema,
  templateNameCharactersMax,
  templatePatchSchema,
  templateSchema,
  templatesMax,
} from './audience-template-schemas.ts';
import {
  createTemplate,
  getTemplate,
  patchTemplate,
  removeTemplate,
  type TemplateDeps,
} from './audience-template-service.ts';
import { templateBody, templateTag } from './audience-template-view.ts';

const tags = ['Audience templates'];
const url = '/service/customerAudienceTemplates';
const templateUrl = `${url}/:customerAudienceTemplateId`;
const paramsSchema = closed({ customerAudienceTemplateId: resourceIdSchema });

const listQuerySchema = closed({
  ...pageQuery(),
  name: Type.Optional(
    Type.String({ maxLength: templateNameCharactersMax, description: 'Part of the name, whatever its case.' }),
  ),
});

/** Filters under a name, ours and the institution's; audiences are made from them in `audience-create-routes.ts`. */
export const audienceTemplateRoutes =
  (deps: TemplateDeps & { readonly keyring: Keyring }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url,
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'listCustomerAudienceTemplates',
        summary: 'List the audience templates by name',
        description: 'The built-in ones and the institution’s own, which all of its people see.',
        tags,
        querystring: listQuerySchema,
        response: { 200: pageSchema(templateSchema, 'customerAudienceTemplates') },
      },
      handler: async (request) => {
        const { institutionId } = request.principal;
        const key = (await deps.keyring.forInstitution(institutionId)).macKey('cursor');
        const position = pagePosition(request, key, institutionId);
        const { templates, count, last } = await getTemplates(deps, request.principal, {
          namePart: request.query.name ?? '',
          after: position && placeOf(position),
          limit: pageLimit(request.query),
        });
        const nextStart = last && encodeCursor(key, cursorBinding(institutionId, request.url), positionOf(last));
        const page = { items: templates.map(templateBody), count, nextStart };
        return createPage(request, page, { publicUrl: app.publicUrl });
      },
    });

    app.route({
      method: 'POST',
      url,
      config: { right: 'editAudiences' },
      schema: {
        operationId: 'createCustomerAudienceTemplate',
        summary: 'Keep filters as a template',
        description: `At most ${templatesMax}. Audiences that the filters ask about are looked for when an audience is made from it.`,
        tags,
        querystring: closed({ ...dryRunQuery }),
        body: newTemplateSchema,
        response: {
          201: templateSchema,
          200: templateSchema,
          204: dryRun204,
          ...problemResponses('conflict', 'unprocessableEntity', 'invalidFilters', 'idempotencyKeyReused'),
        },
      },
      handler: async (request, reply) => {
        const context = contextOf(request, 'createCustomerAudienceTemplate');
        return sendOutcome(await createTemplate(deps, context, request.body), request, reply);
      },
    });

    app.route({
      method: 'GET',
      url: templateUrl,
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'getCustomerAudienceTemplate',
        summary: 'Read an audience template',
        tags,
        params: paramsSchema,
        response: { 200: templateSchema, 304: Type.Null({ description: 'Not changed.' }) },
      },
      handler: async (request, reply) => {
        const seen = await getTemplate(deps, request.principal, request.params.customerAudienceTemplateId);
        const tag = templateTag(seen);
        reply.header('etag', tag);
        return isNotModified(request, tag) ? reply.code(304).send(null) : templateBody(seen);
      },
    });

    app.route({
      method: 'PATCH',
      url: templateUrl,
      config: { right: 'editAudiences' },
      schema: {
        operationId: 'patchCustomerAudienceTemplate',
        summary: 'Change a template of your own',
        description:
          'JSON Merge Patch (RFC 7396): `null` clears description and refresh; `filters` are replaced whole. Administrators may change every one, nobody a built-in one. Audiences that were made from it stay as they are. Needs `If-Match`.',
        tags,
        params: paramsSchema,
        querystring: closed({ ...dryRunQuery }),
        body: templatePatchSchema,
        response: {
          200: templateSchema,
          204: dryRun204,
          ...problemResponses(
            'conflict',
            'preconditionFailed',
            'unprocessableEntity',
            'invalidFilters',
            'preconditionRequired',
          ),
        },
      },
      handler: async (request, reply) => {
        const target = targetOf(request, request.params.customerAudienceTemplateId);
        const context = contextOf(request, 'patchCustomerAudienceTemplate');
        return sendOutcome(await patchTemplate(deps, context, target, request.body), request, reply);
      },
    });

    addDeleteRoute(app, deps);
  };

function addDeleteRoute(app: Parameters<FastifyPluginAsyncTypebox>[0], deps: TemplateDeps): void {
  app.route({
    method: 'DELETE',
    url: templateUrl,
    config: { right: 'editAudiences' },
    schema: {
      operationId: 'deleteCustomerAudienceTemplate',
      summary: 'Delete a template of your own',
      description:
        'Administrators may delete every one, nobody a built-in one. Audiences that were made from it stay. Needs `If-Match`.',
      tags,
      params: paramsSchema,
      querystring: closed({ ...dryRunQuery }),
      response: {
        204: Type.Null({ description: 'Deleted.' }),
        ...problemResponses('preconditionFailed', 'unprocessableEntity', 'preconditionRequired'),
      },
    },
    handler: async (request, reply) => {
      const target = targetOf(request, request.params.customerAudienceTemplateId);
      return sendReply(await removeTemplate(deps, contextOf(request, 'deleteCustomerAudienceTemplate'), target), reply);
    },
  });
}

function positionOf({ name, id }: TemplatePlace): CursorPosition {
  return [name.toString('base64url'), id];
}

/** The inverse; a cursor of another form does not come here. */
function placeOf([name, id]: CursorPosition): TemplatePlace {
  return { name: Buffer.from(String(name), 'base64url'), id: String(id) };
}
