import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { audienceParamsSchema, tags } from '../audience-requests.ts';
import { insightsSchema } from './insight-schemas.ts';
import { getInsights, type InsightDeps } from './insight-service.ts';

/** What kind of customers are in an audience. */
export const insightRoutes =
  (deps: InsightDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/customerAudiences/:customerAudienceId/insights',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'getCustomerAudienceInsights',
        summary: 'Read what kind of customers are in an audience',
        description:
          'The present members by age, region, years as a customer, products and deposits, against all customers. Nobody is named: cells of fewer than 10 are merged, and so are those in which all but fewer than 10 are members.',
        tags,
        params: audienceParamsSchema,
        response: { 200: insightsSchema },
      },
      handler: async (request) => await getInsights(deps, request.principal, request.params.customerAudienceId),
    });
  };
