import type { Database } from '../../../db/transaction.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Principal } from '../../access/index.ts';
import { viewerOf } from '../audience-access.ts';
import { noAudience } from '../audience-service.ts';
import { findAudience } from '../audience-store.ts';
import { countHeldBack } from './held-back-sets.ts';

/** @throws Problem `notFound`, also for an audience of another institution, and for one that is not shared */
export async function getHeldBackCounts(
  deps: { database: Database; clock: Clock },
  principal: Principal,
  audienceId: string,
) {
  return await deps.database.inInstitution(
    principal.institutionId,
    async (tx) => {
      const audience = (await findAudience(tx, viewerOf(principal), audienceId)) ?? noAudience();
      const { withheldCount, byChannel } = await countHeldBack(tx, audience, deps.clock.now());
      return {
        customerAudienceId: audience.id,
        version: audience.version,
        customerCount: audience.customer_count,
        withheldCount,
        channels: [...byChannel],
      };
    },
    // The audience, the base and the suppressions are of one moment.
    { isolation: 'repeatable read' },
  );
}
