import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Database } from '../../../db/transaction.ts';
import { problemResponses } from '../../../http/problem-body.ts';
import { closed } from '../../../http/schema-parts.ts';
import type { Clock } from '../../../lib/clock.ts';
import { type FilterEvaluator, filtersSchema } from '../../filters/index.ts';
import { tags } from '../audience-requests.ts';
import { evaluateFilters, readAudienceFilters } from './audience-filters.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

const estimateSchema = closed(
  {
    customerCount: count('Customers who match all filters.'),
    baseCustomerCount: count('All customers of the institution.'),
    customerVersion: count('The state of the customer base that the counts are true of.'),
    funnel: Type.Array(
      closed({
        ordinal: Type.Integer({ minimum: 0, maximum: 1_000_000, description: "The filter's place in the order." }),
        customerCount: count('Customers who match this filter, whatever the others say.'),
        remainingCount: count('Customers who match this filter and all before it.'),
      }),
      { maxItems: 1_000, description: 'What each filter does, in order.' },
    ),
  },
  { $id: 'customerAudienceEstimate' },
);

/** Counts before there is an audience. */
export const audienceEstimateRoutes =
  (deps: { database: Database; clock: Clock; filterEvaluator: FilterEvaluator }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'POST',
      url: '/service/customerAudienceEstimates',
      config: { right: 'editAudiences' },
      schema: {
        operationId: 'estimateCustomerAudience',
        summary: 'Count the customers that filters would select',
        description:
          'Exact counts, and what each filter does alone and after those before it. Nothing is stored, and nobody is named.',
        tags,
        body: closed({ filters: filtersSchema }, { $id: 'customerAudienceEstimateRequest' }),
        response: { 200: estimateSchema, ...problemResponses('invalidFilters') },
      },
      handler: async (request) => {
        const { principal } = request;
        const { institutionId } = principal;
        const filters = await deps.database.inInstitution(institutionId, (tx) =>
          readAudienceFilters(deps, tx, principal, request.body.filters),
        );
        const answer = await evaluateFilters(deps.filterEvaluator, institutionId, filters, { wantsMembers: false });
        return {
          customerCount: answer.customerCount,
          baseCustomerCount: answer.baseCount,
          customerVersion: answer.customerVersion,
          funnel: answer.steps.map((step, index) => ({
            ordinal: filters.filters[index]?.ordinal ?? index,
            customerCount: step.aloneCount,
            remainingCount: step.remainingCount,
          })),
        };
      },
    });
  };
