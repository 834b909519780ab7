import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { contextOf, dryRun204, sendOutcome } from '../../../http/command-request.ts';
import { problemResponses } from '../../../http/problem-body.ts';
import { closed, dryRunQuery, resourceIdSchema } from '../../../http/schema-parts.ts';
import { tags } from '../audience-requests.ts';
import { audienceSchema } from '../audience-schemas.ts';
import { refreshAudience } from './audience-refresh.ts';
import type { FilteredAudienceDeps } from './filtered-audience-service.ts';

/** Asking the filters of an audience again. */
export const audienceRefreshRoutes =
  (deps: FilteredAudienceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/service/refreshedCustomerAudiences',
      config: { right: 'editAudiences' },
      schema: {
        operationId: 'refreshCustomerAudience',
        summary: 'Find the members of a filtered audience again',
        description: 'Over the customer base as it is now. The members that it has already make no version.',
        tags,
        querystring: closed({ customerAudience: resourceIdSchema, ...dryRunQuery }),
        response: {
          200: audienceSchema,
          204: dryRun204,
          ...problemResponses('notFound', 'conflict', 'audienceNotEditable', 'invalidFilters'),
        },
      },
      handler: async (request, reply) => {
        const context = contextOf(request, 'refreshCustomerAudience');
        return sendOutcome(await refreshAudience(deps, context, request.query.customerAudience), request, reply);
      },
    });
  };
