import type { Database } from '../../../db/transaction.ts';
import type { Principal } from '../../access/index.ts';
import { findCustomerBase } from '../../customers/index.ts';
import { viewerOf } from '../audience-access.ts';
import { inOrderOf } from '../audience-id-list.ts';
import { readVersion } from '../audience-publish.ts';
import { listSeenAudiences } from '../audience-store.ts';
import type { AudienceVersion } from '../versions/audience-version-store.ts';
import type { OverlapCounts } from './overlap-counts.ts';
import type { CustomerAudienceOverlaps } from './overlap-schemas.ts';
import type { OverlapThread } from './overlap-thread.ts';

const jaccardSteps = 10_000;

export interface OverlapDeps {
  readonly database: Database;
  readonly overlaps: OverlapThread;
}

/**
 * How many customers audiences have in common: of each, of each pair, and of each exclusive intersection; of their
 * present versions and of customers who are in the base, all of one moment.
 *
 * @throws Problem `notFound`, which names the position of the first that is not there for the caller;
 *   `serviceUnavailable`
 */
export async function getOverlaps(
  deps: OverlapDeps,
  principal: Principal,
  audienceIds: readonly string[],
): Promise<CustomerAudienceOverlaps> {
  const counted: Pick<AudienceVersion, 'version' | 'customerCount'>[] = [];
  const counts = await deps.overlaps.count(async () => {
    const { versions, gone } = await readSets(deps, principal, audienceIds);
    counted.push(...versions.map(({ version, customerCount }) => ({ version, customerCount })));
    return { audiences: versions.map(({ members }) => members), gone };
  });
  return bodyOf(audienceIds, counted, counts);
}

async function readSets(
  deps: OverlapDeps,
  principal: Principal,
  audienceIds: readonly string[],
): Promise<{ versions: AudienceVersion[]; gone: Uint8Array }> {
  const viewer = viewerOf(principal);
  return await deps.database.inInstitution(
    principal.institutionId,
    async (tx) => {
      const seen = await listSeenAudiences(tx, viewer, audienceIds);
      const rows = inOrderOf(audienceIds, seen);
      const versions = [];
      // One after the other: each is unpacked from text on the event loop, and others come between.
      for (const row of rows) versions.push(await readVersion(tx, row.id, row.version));
      const { gone } = await findCustomerBase(tx);
      return { versions, gone };
    },
    // The audiences and the base are of one moment.
    { isolation: 'repeatable read' },
  );
}

function bodyOf(
  ids: readonly string[],
  versions: readonly Pick<AudienceVersion, 'version' | 'customerCount'>[],
  counts: OverlapCounts,
): CustomerAudienceOverlaps {
  const sizeOf = (index: number) => counts.sizes[index] ?? 0;
  const pairs = ids.flatMap((first, left) =>
    ids.slice(left + 1).map((second, offset) => ({ audiences: [first, second], left, right: left + 1 + offset })),
  );
  return {
    customerCount: counts.customerCount,
    audiences: versions.map(({ version, customerCount }, index) => ({
      id: ids[index] ?? '',
      version,
      customerCount: sizeOf(index),
      withheldCount: customerCount - sizeOf(index),
    })),
    pairs: pairs.map(({ audiences, left, right }, index) => {
      const both = counts.pairs[index] ?? 0;
      return { audiences, customerCount: both, jaccard: jaccardOf(both, sizeOf(left) + sizeOf(right) - both) };
    }),
    intersections: counts.intersections.map(({ signature, customerCount }) => ({
      audiences: ids.filter((_id, index) => (signature & (1 << index)) !== 0),
      customerCount,
    })),
    intersectionCount: counts.intersectionCount,
    more: counts.intersectionCount > counts.intersections.length,
  };
}

function jaccardOf(both: number, either: number): number {
  return either === 0 ? 0 : Math.round((both / either) * jaccardSteps) / jaccardSteps;
}
