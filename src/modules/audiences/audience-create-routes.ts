import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { contextOf, dryRun204, sendOutcome } from '../../http/command-request.ts';
import { problemResponses } from '../../http/problem-body.ts';
import { closed, dryRunQuery, resourceIdSchema } from '../../http/schema-parts.ts';
import { Problem } from '../../lib/problem.ts';
import { audienceRefreshSchema, filtersSchema } from '../filters/index.ts';
import { createAudience } from './audience-create.ts';
import { tags } from './audience-requests.ts';
import {
  audienceDescriptionSchema,
  audienceNameSchema,
  audiencePurposeSchema,
  audienceSchema,
  justificationSchema,
} from './audience-schemas.ts';
import type { FilteredAudienceDeps } from './filtered/filtered-audience-service.ts';
import { versionNumberSchema } from './versions/version-moment.ts';

const createQuerySchema = closed({
  copyOf: Type.Optional({ ...resourceIdSchema, description: 'The audience that it is to be a copy of.' }),
  version: Type.Optional({
    ...versionNumberSchema,
    description: 'The version of that audience, whose members it then gets.',
  }),
  customerAudienceTemplateId: Type.Optional({
    ...resourceIdSchema,
    description: 'The template that it is made from. Filters and refresh in the body take the place of its own.',
  }),
  ...dryRunQuery,
});

const newAudienceSchema = closed(
  {
    name: audienceNameSchema,
    description: Type.Optional(audienceDescriptionSchema),
    purpose: Type.Optional(audiencePurposeSchema),
    justification: Type.Optional(justificationSchema),
    filters: Type.Optional(filtersSchema),
    refresh: Type.Optional(audienceRefreshSchema),
    freeze: Type.Optional(
      Type.Boolean({ description: 'Of a copy: the members as they are now, although filters make its source.' }),
    ),
  },
  { $id: 'newCustomerAudience' },
);

/** Audiences that no list makes. */
export const audienceCreateRoutes =
  (deps: FilteredAudienceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/service/customerAudiences',
      config: { right: 'editAudiences' },
      schema: {
        operationId: 'createCustomerAudience',
        summary: 'Make an audience from filters or a template, or copy one',
        description:
          'With `filters`: all customers who match all of them now; `refresh` says when they are asked again. With `customerAudienceTemplateId`: the same by the filters of a template, which must be ones that you may ask. With `copyOf`: an audience like another that you see. A copy of a filtered audience has its filters; one with `freeze` or `version`, and a copy of an imported audience, has its members and is edited by lists.',
        tags,
        querystring: createQuerySchema,
        body: newAudienceSchema,
        response: {
          201: audienceSchema,
          200: audienceSchema,
          204: dryRun204,
          ...problemResponses(
            'notFound',
            'conflict',
            'audienceNameTaken',
            'invalidFilters',
            'justificationNeeded',
            'templateExcluded',
            'idempotencyKeyReused',
          ),
        },
      },
      handler: async (request, reply) => {
        const { copyOf: id, version, customerAudienceTemplateId: templateId } = request.query;
        const { freeze = false, ...body } = request.body;
        const { name, description, purpose, justification, filters, refresh } = body;
        if (id === undefined && version !== undefined) {
          throw new Problem('badRequest', { detail: 'version is of the source of a copy: send copyOf with it.' });
        }
        const copyOf = id === undefined ? undefined : { id, version };
        const order = { name, description, purpose, justification, filters, refresh, freeze, copyOf, templateId };
        return sendOutcome(
          await createAudience(deps, contextOf(request, 'createCustomerAudience'), order),
          request,
          reply,
        );
      },
    });
  };
