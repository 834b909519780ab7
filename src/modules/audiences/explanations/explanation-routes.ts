import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { tags } from '../audience-requests.ts';
import type { FilteredAudienceDeps } from '../filtered/filtered-audience-service.ts';
import { explanationParamsSchema, explanationSchema } from './explanation-schemas.ts';
import { explainMembership } from './explanation-service.ts';

/** Why a customer is a member, or is not. */
export const explanationRoutes =
  (deps: FilteredAudienceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/customerAudiences/:customerAudienceId/customers/:customerId/explanation',
      config: { right: 'readMembers' },
      schema: {
        operationId: 'explainCustomerAudienceCustomer',
        summary: 'Explain why a customer is a member, or is not',
        description:
          'Since which version, and the line of the list that brought them: the record number, never a value. Of an audience that filters make also what each filter says of them now, and the class of the value that decides it. 404 for a customer who is not in the base.',
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
