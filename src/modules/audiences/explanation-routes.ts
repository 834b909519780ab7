import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Database } from '../../db/transaction.ts';
import { tags } from './audience-requests.ts';
import { explanationParamsSchema, explanationSchema } from './explanation-schemas.ts';
import { explainMembership } from './explanation-service.ts';

/** Why a customer is a member, or is not. */
export const explanationRoutes =
  (deps: { readonly database: Database }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/customerAudiences/:customerAudienceId/customers/:customerId/explanation',
      config: { right: 'readMembers' },
      schema: {
        operationId: 'explainCustomerAudienceCustomer',
        summary: 'Explain why a customer is a member, or is not',
        description:
          'Since which version, and the line of the list that brought them: the record number, never a value. 404 for a customer who is not in the base.',
        tags,
        params: explanationParamsSchema,
        response: { 200: explanationSchema },
      },
      handler: async (request) => {
        const { customerAudienceId: audienceId, customerId } = request.params;
        return await explainMembership(deps, request.principal, { audienceId, customerId });
      },
    });
  };
