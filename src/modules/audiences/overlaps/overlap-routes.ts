import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Database } from '../../../db/transaction.ts';
import { problemResponses } from '../../../http/problem-body.ts';
import { parseAudienceIds } from '../audience-id-list.ts';
import { tags } from '../audience-requests.ts';
import { overlapAudiencesMax, overlapAudiencesMin } from './overlap-counts.ts';
import { overlapQuerySchema, overlapsSchema } from './overlap-schemas.ts';
import { getOverlaps } from './overlap-service.ts';
import { createOverlapThread } from './overlap-thread.ts';

/** What audiences have in common. */
export const overlapRoutes =
  (deps: { readonly database: Database }): FastifyPluginAsyncTypebox =>
  async (app) => {
    const overlaps = createOverlapThread();
    app.addHook('onClose', async () => await overlaps.close());

    app.route({
      method: 'GET',
      url: '/service/customerAudienceOverlaps',
      // Not the right to see counts: beside an audience of one, a count says whether that customer is in the other.
      config: { right: 'readMembers' },
      schema: {
        operationId: 'countCustomerAudienceOverlaps',
        summary: 'Count what audiences have in common',
        description:
          'Exact counts of each audience, of each pair, and of each exclusive intersection (customers in exactly these and no other one), for an UpSet plot. Of the present versions and of customers who are in the base, all of one moment. Archived audiences too.',
        tags,
        querystring: overlapQuerySchema,
        response: { 200: overlapsSchema, ...problemResponses('notFound') },
      },
      handler: async (request) => {
        const audienceIds = parseAudienceIds(request.query.audiences, {
          min: overlapAudiencesMin,
          max: overlapAudiencesMax,
        });
        return await getOverlaps({ database: deps.database, overlaps }, request.principal, audienceIds);
      },
    });
  };
