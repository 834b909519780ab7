import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { Database } from '../../../db/transaction.ts';
import { problemResponses } from '../../../http/problem-body.ts';
import { parseInstant } from '../../../lib/range.ts';
import { viewerOf } from '../audience-access.ts';
import { inOrderOf, parseAudienceIds } from '../audience-id-list.ts';
import { tags } from '../audience-requests.ts';
import { listSeenAudiences } from '../audience-store.ts';
import { sizeAudiencesMax, sizePointsMax, sizesQuerySchema, sizesSchema } from './size-schemas.ts';
import { listSizes } from './size-store.ts';

/** How large audiences were. */
export const sizeRoutes =
  (deps: { readonly database: Database }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/customerAudienceSizes',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'listCustomerAudienceSizes',
        summary: 'Read how large audiences were',
        description:
          'The size of each kept version, for a line over time. As the version was made: who has left the customer base since is counted.',
        tags,
        querystring: sizesQuerySchema,
        response: { 200: sizesSchema, ...problemResponses('notFound') },
      },
      handler: async (request) => {
        const { principal, query } = request;
        const ids = parseAudienceIds(query.audiences, { min: 1, max: sizeAudiencesMax });
        const since = query.since === undefined ? undefined : parseInstant(query.since, 'since');
        const rows = await deps.database.inInstitution(
          principal.institutionId,
          async (tx) => {
            inOrderOf(ids, await listSeenAudiences(tx, viewerOf(principal), ids));
            return await listSizes(tx, ids, { since, pointsMax: sizePointsMax });
          },
          { isolation: 'repeatable read' },
        );
        const byAudience = Map.groupBy(rows, (row) => row.audience_id);
        return {
          audiences: ids.map((id) => ({
            id,
            points: (byAudience.get(id) ?? []).map(({ version, made_at: madeAt, customer_count: customerCount }) => ({
              version,
              madeAt: madeAt.toISOString(),
              customerCount,
            })),
          })),
        };
      },
    });
  };
