import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { contextOf, dryRun204, sendOutcome } from '../../../http/command-request.ts';
import { createPage, cursorBinding, pageLimit, pagePosition, pageQuery, pageSchema } from '../../../http/paging.ts';
import { problemResponses } from '../../../http/problem-body.ts';
import { closed, dryRunQuery } from '../../../http/schema-parts.ts';
import { sendReply } from '../../../http/send-reply.ts';
import { type CursorPosition, encodeCursor } from '../../../lib/cursor.ts';
import { Problem } from '../../../lib/problem.ts';
import { audienceParamsSchema, tags } from '../audience-requests.ts';
import type { AudienceRouteDeps } from '../audience-routes.ts';
import { collaboratorParamsSchema, collaboratorSchema, newCollaboratorSchema } from './collaborator-schemas.ts';
import { getCollaborator, getCollaborators, shareAudience, unshareAudience } from './collaborator-service.ts';

/** With whom an audience is shared. */
export const collaboratorRoutes =
  (deps: AudienceRouteDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/customerAudiences/:customerAudienceId/collaborators',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'listCustomerAudienceCollaborators',
        summary: 'List with whom an audience is shared',
        tags,
        params: audienceParamsSchema,
        querystring: closed(pageQuery()),
        response: { 200: pageSchema(collaboratorSchema, 'customerAudienceCollaborators') },
      },
      handler: async (request) => {
        const { principal } = request;
        const key = (await deps.keyring.forInstitution(principal.institutionId)).macKey('cursor');
        const after = afterOf(pagePosition(request, key, principal.institutionId));
        const { customerAudienceId } = request.params;
        const page = await getCollaborators(deps, principal, customerAudienceId, {
          after,
          limit: pageLimit(request.query),
        });
        const binding = cursorBinding(principal.institutionId, request.url);
        const nextStart = page.last === undefined ? undefined : encodeCursor(key, binding, [page.last]);
        return createPage(request, { ...page, nextStart }, { publicUrl: app.publicUrl });
      },
    });

    app.route({
      method: 'POST',
      url: '/service/customerAudiences/:customerAudienceId/collaborators',
      config: { right: 'editAudiences' },
      schema: {
        operationId: 'shareCustomerAudience',
        summary: 'Share an audience',
        description:
          'With a person or an application that may act for the institution. Shared already: 200, and `access` is what was sent. Its owner and administrators may share.',
        tags,
        params: audienceParamsSchema,
        querystring: closed({ ...dryRunQuery }),
        body: newCollaboratorSchema,
        response: {
          200: collaboratorSchema,
          201: collaboratorSchema,
          204: dryRun204,
          ...problemResponses('unprocessableEntity'),
        },
      },
      handler: async (request, reply) => {
        const context = contextOf(request, 'shareCustomerAudience');
        const outcome = await shareAudience(deps, context, request.params.customerAudienceId, request.body);
        return sendOutcome(outcome, request, reply);
      },
    });

    addItemRoutes(app, deps);
  };

function addItemRoutes(app: Parameters<FastifyPluginAsyncTypebox>[0], deps: AudienceRouteDeps): void {
  app.route({
    method: 'GET',
    url: '/service/customerAudiences/:customerAudienceId/collaborators/:collaboratorId',
    config: { right: 'readAudiences' },
    schema: {
      operationId: 'getCustomerAudienceCollaborator',
      summary: 'Read what an audience is shared for',
      tags,
      params: collaboratorParamsSchema,
      response: { 200: collaboratorSchema },
    },
    handler: async (request) => await getCollaborator(deps, request.principal, refOf(request.params)),
  });

  app.route({
    method: 'DELETE',
    url: '/service/customerAudiences/:customerAudienceId/collaborators/:collaboratorId',
    config: { right: 'editAudiences' },
    schema: {
      operationId: 'unshareCustomerAudience',
      summary: 'End a share',
      description: 'At once: for them the audience does not exist any more. What they imported into it stays.',
      tags,
      params: collaboratorParamsSchema,
      querystring: closed({ ...dryRunQuery }),
      response: { 204: Type.Null({ description: 'Not shared any more.' }) },
    },
    handler: async (request, reply) => {
      const context = contextOf(request, 'unshareCustomerAudience');
      return sendReply(await unshareAudience(deps, context, refOf(request.params)), reply);
    },
  });
}

function refOf(params: { customerAudienceId: string; collaboratorId: string }) {
  return { audienceId: params.customerAudienceId, collaboratorId: params.collaboratorId };
}

function afterOf(position: CursorPosition | undefined): string | undefined {
  const [after] = position ?? [];
  if (position !== undefined && typeof after !== 'string') {
    throw new Problem('badRequest', { detail: 'start is not a cursor of this collection. Begin again without start.' });
  }
  return typeof after === 'string' ? after : undefined;
}
