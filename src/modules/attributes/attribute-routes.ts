import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Keyring } from '../../crypto/keyring.ts';
import { contextOf, dryRun204, sendOutcome, targetOf } from '../../http/command-request.ts';
import { isNotModified } from '../../http/entity-tag.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuerySchema, pageSchema } from '../../http/paging.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery } from '../../http/schema-parts.ts';
import { sendReply } from '../../http/send-reply.ts';
import { encodeCursor } from '../../lib/cursor.ts';
import {
  attributeParamsSchema,
  attributePatchSchema,
  attributeSchema,
  attributesMax,
  newAttributeSchema,
} from './attribute-schemas.ts';
import {
  type AttributeDeps,
  createAttribute,
  getAttribute,
  getAttributes,
  patchAttribute,
  removeAttribute,
} from './attribute-service.ts';
import { attributeBody, attributeTag } from './attribute-view.ts';

const tags = ['Customer attributes'];

export interface AttributeRouteDeps extends AttributeDeps {
  readonly keyring: Keyring;
}

/** What an institution wants to know of its customers besides what everybody does. */
export const attributeRoutes =
  (deps: AttributeRouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/customerAttributes',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'listCustomerAttributes',
        summary: 'List the attributes of customers that the institution has defined, by name',
        tags,
        querystring: pageQuerySchema,
        response: { 200: pageSchema(attributeSchema, 'customerAttributes') },
      },
      handler: async (request) => {
        const { institutionId } = request.principal;
        const key = (await deps.keyring.forInstitution(institutionId)).macKey('cursor');
        const position = pagePosition(request, key, institutionId);
        const { rows, count, last } = await getAttributes(deps, request.principal, {
          afterName: position === undefined ? undefined : String(position[0]),
          limit: pageLimit(request.query),
        });
        const nextStart =
          last === undefined ? undefined : encodeCursor(key, cursorBinding(institutionId, request.url), [last.name]);
        return createPage(request, { items: rows.map(attributeBody), count, nextStart }, { publicUrl: app.publicUrl });
      },
    });

    app.route({
      method: 'POST',
      url: '/service/customerAttributes',
      config: { right: 'manageAttributes' },
      schema: {
        operationId: 'createCustomerAttribute',
        summary: 'Define an attribute of customers',
        description: `From then on loads of customers take a column of its name. At most ${attributesMax}. Values rest in clear: no identifier belongs there.`,
        tags,
        querystring: closed({ ...dryRunQuery }),
        body: newAttributeSchema,
        response: {
          201: attributeSchema,
          200: attributeSchema,
          204: dryRun204,
          ...problemResponses('conflict', 'unprocessableEntity', 'idempotencyKeyReused'),
        },
      },
      handler: async (request, reply) => {
        const outcome = await createAttribute(deps, contextOf(request, 'createCustomerAttribute'), request.body);
        return sendOutcome(outcome, request, reply);
      },
    });

    app.route({
      method: 'GET',
      url: '/service/customerAttributes/:customerAttributeId',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'getCustomerAttribute',
        summary: 'Read an attribute of customers',
        tags,
        params: attributeParamsSchema,
        response: { 200: attributeSchema, 304: Type.Null({ description: 'Not changed.' }) },
      },
      handler: async (request, reply) => {
        const row = await getAttribute(deps, request.principal, request.params.customerAttributeId);
        const tag = attributeTag(row);
        reply.header('etag', tag);
        return isNotModified(request, tag) ? reply.code(304).send(null) : attributeBody(row);
      },
    });

    app.route({
      method: 'PATCH',
      url: '/service/customerAttributes/:customerAttributeId',
      config: { right: 'manageAttributes' },
      schema: {
        operationId: 'patchCustomerAttribute',
        summary: 'Change label, description, fair lending or constraints',
        description:
          'JSON Merge Patch (RFC 7396): `null` clears. Stored values stay, whatever the constraints say afterwards; cells of later loads must keep to them. Needs `If-Match`.',
        tags,
        params: attributeParamsSchema,
        querystring: closed({ ...dryRunQuery }),
        body: attributePatchSchema,
        response: {
          200: attributeSchema,
          204: dryRun204,
          ...problemResponses('preconditionFailed', 'unprocessableEntity', 'preconditionRequired'),
        },
      },
      handler: async (request, reply) => {
        const target = targetOf(request, request.params.customerAttributeId);
        const outcome = await patchAttribute(deps, contextOf(request, 'patchCustomerAttribute'), target, request.body);
        return sendOutcome(outcome, request, reply);
      },
    });

    app.route({
      method: 'DELETE',
      url: '/service/customerAttributes/:customerAttributeId',
      config: { right: 'manageAttributes' },
      schema: {
        operationId: 'deleteCustomerAttribute',
        summary: 'Delete an attribute of customers',
        description:
          'At once its values are nobody’s: a filter on it finds them missing, and an attribute that is made anew under the name does not see them. The next load of customers that changes something removes them. Needs `If-Match`.',
        tags,
        params: attributeParamsSchema,
        querystring: closed({ ...dryRunQuery }),
        response: {
          204: Type.Null({ description: 'Deleted.' }),
          ...problemResponses('preconditionFailed', 'preconditionRequired'),
        },
      },
      handler: async (request, reply) => {
        const target = targetOf(request, request.params.customerAttributeId);
        return sendReply(await removeAttribute(deps, contextOf(request, 'deleteCustomerAttribute'), target), reply);
      },
    });
  };
