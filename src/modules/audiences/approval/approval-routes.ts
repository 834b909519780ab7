import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { contextOf, dryRun204, sendOutcome, targetOf } from '../../../http/command-request.ts';
import { problemResponses } from '../../../http/problem-body.ts';
import { closed, dryRunQuery, resourceIdSchema } from '../../../http/schema-parts.ts';
import { tags } from '../audience-requests.ts';
import { audienceSchema } from '../audience-schemas.ts';
import type { AudienceDeps } from '../audience-service.ts';
import { approveAudience } from './approval-service.ts';

/** The second pair of eyes on audiences for credit. */
export const approvalRoutes =
  (deps: AudienceDeps): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/service/approvedCustomerAudiences',
      config: { right: 'approveAudiences' },
      schema: {
        operationId: 'approveCustomerAudience',
        summary: 'Approve an audience for credit',
        description:
          'One whose filters stand on a prohibited basis or a usual proxy. Only a person can, and nobody who wrote its filters or its justification. Needs `If-Match`: what is approved is what was read.',
        tags,
        querystring: closed({ customerAudience: resourceIdSchema, ...dryRunQuery }),
        response: {
          200: audienceSchema,
          204: dryRun204,
          ...problemResponses(
            'notFound',
            'conflict',
            'preconditionFailed',
            'justificationNeeded',
            'preconditionRequired',
          ),
        },
      },
      handler: async (request, reply) => {
        const target = targetOf(request, request.query.customerAudience);
        const outcome = await approveAudience(deps, contextOf(request, 'approveCustomerAudience'), target);
        return sendOutcome(outcome, request, reply);
      },
    });
  };
