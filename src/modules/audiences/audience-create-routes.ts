import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { contextOf, dryRun204, sendOutcome } from '../../http/command-request.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery, resourceIdSchema } from '../../http/schema-parts.ts';
import { copyAudience } from './audience-copy.ts';
import { tags } from './audience-requests.ts';
import { audienceDescriptionSchema, audienceNameSchema, audienceSchema } from './audience-schemas.ts';
import type { AudienceDeps } from './audience-service.ts';
import { versionNumberSchema } from './version-moment.ts';

const createQuerySchema = closed({
  copyOf: { ...resourceIdSchema, description: 'The audience whose members it gets.' },
  version: Type.Optional({
    ...versionNumberSchema,
    description: 'The version of that audience. By default the present one.',
  }),
  ...dryRunQuery,
});

const newAudienceSchema = closed(
  { name: audienceNameSchema, description: Type.Optional(audienceDescriptionSchema) },
  { $id: 'newCustomerAudience' },
);

/** Audiences that no list makes. */
export const audienceCreateRoutes =
  (deps: AudienceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/service/customerAudiences',
      config: { right: 'editAudiences' },
      schema: {
        operationId: 'createCustomerAudience',
        summary: 'Copy an audience',
        description:
          'Makes an audience of the members of another, which you must see. It is static: edited by lists, and what becomes of the other one does not change it.',
        tags,
        querystring: createQuerySchema,
        body: newAudienceSchema,
        response: {
          201: audienceSchema,
          200: audienceSchema,
          204: dryRun204,
          ...problemResponses('notFound', 'conflict', 'audienceNameTaken'),
        },
      },
      handler: async (request, reply) => {
        const { copyOf: sourceId, version } = request.query;
        const outcome = await copyAudience(deps, contextOf(request, 'createCustomerAudience'), {
          sourceId,
          version,
          ...request.body,
          description: request.body.description,
        });
        return sendOutcome(outcome, request, reply);
      },
    });
  };
