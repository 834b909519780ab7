import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import type { Database } from '../../../db/transaction.ts';
import { closed, resourceIdSchema } from '../../../http/schema-parts.ts';
import type { Clock } from '../../../lib/clock.ts';
import { audienceParamsSchema, tags } from '../audience-requests.ts';
import { withheldCountSchema } from '../audience-schemas.ts';
import { suppressionChannels } from './held-back-query.ts';
import { getHeldBackCounts } from './held-back-service.ts';

const heldBackCountsSchema = closed(
  {
    customerAudienceId: resourceIdSchema,
    version: Type.Integer({ minimum: 1, description: 'The present version: what is counted here.' }),
    customerCount: Type.Integer({ minimum: 0, description: 'Distinct customers in it.' }),
    withheldCount: withheldCountSchema,
    channels: Type.Array(
      closed({
        channel: Type.Enum([...suppressionChannels], { description: '`any` = from one of the channels or more.' }),
        heldBackCount: Type.Integer({
          minimum: 0,
          description:
            'Members whom an export for this channel leaves out today. Who has left the base is in `withheldCount`.',
        }),
      }),
      { minItems: suppressionChannels.length, maxItems: suppressionChannels.length },
    ),
  },
  { $id: 'customerAudienceHeldBackCounts' },
);

/** How many members suppressions hold back. Beside the audience: they change without it, and its `ETag` would lie. */
export const heldBackRoutes =
  (deps: { database: Database; clock: Clock }): FastifyPluginAsyncTypebox =>
  async (app) => {
    app.route({
      method: 'GET',
      url: '/service/customerAudiences/:customerAudienceId/heldBackCounts',
      config: { right: 'readAudiences' },
      schema: {
        operationId: 'getCustomerAudienceHeldBackCounts',
        summary: 'Count the members whom suppressions hold back, by channel',
        description: 'Of the present version, as of now. A customer whom several suppressions hold back counts once.',
        tags,
        params: audienceParamsSchema,
        response: { 200: heldBackCountsSchema },
      },
      handler: async (request) => await getHeldBackCounts(deps, request.principal, request.params.customerAudienceId),
    });
  };
