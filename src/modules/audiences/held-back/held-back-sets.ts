import type { InstitutionTx } from '../../../db/transaction.ts';
import { bitmapBytes, bitmapFrom, bitmapOf } from '../../../lib/bitmap.ts';
import { findCustomerBase } from '../../customers/index.ts';
import { readVersion } from '../audience-publish.ts';
import type { AudienceRow } from '../audience-store.ts';
import { type HeldBackQuery, heldBackFrom, type SuppressionChannel, suppressionChannels } from './held-back-query.ts';
import { nobodyHeldBack, readHeldBack } from './held-back-store.ts';

/** Whom suppressions hold back together, and the state of them that this is true of. */
export interface HeldBack {
  readonly state: string;
  /** Roaring bitmap, portable format. */
  readonly members: Uint8Array;
}

export interface HeldBackCounts {
  /** Members who have left the customer base: in none of the others. */
  readonly withheldCount: number;
  readonly byChannel: readonly { readonly channel: SuppressionChannel; readonly heldBackCount: number }[];
}

/** All that the suppressions of a query hold back. */
export async function findHeldBack(tx: InstitutionTx, query: HeldBackQuery): Promise<HeldBack> {
  let state = nobodyHeldBack;
  using union = bitmapOf([]);
  for await (const source of readHeldBack(tx, query)) {
    using members = bitmapFrom(source.members);
    union.orInPlace(members);
    state = source.state;
  }
  return { state, members: bitmapBytes(union) };
}

/** How many members of the present version are held back from an export for each channel, each counted once. */
export async function countHeldBack(tx: InstitutionTx, audience: AudienceRow, at: Date): Promise<HeldBackCounts> {
  const version = await readVersion(tx, audience.id, audience.version);
  const base = await findCustomerBase(tx);
  using sets = new DisposableStack();
  const members = sets.use(bitmapFrom(version.members));
  const gone = sets.use(bitmapFrom(base.gone));
  const withheldCount = members.andCardinality(gone);
  members.andNotInPlace(gone);
  // By the channel that they were made for; an export for one channel is held to several of these.
  const made = suppressionChannels.map((channel) => ({ channel, customers: sets.use(bitmapOf([])) }));
  for await (const source of readHeldBack(tx, heldBackFrom('any', at))) {
    using suppressed = bitmapFrom(source.members);
    suppressed.andInPlace(members);
    made.find(({ channel }) => channel === source.channel)?.customers.orInPlace(suppressed);
  }
  const byChannel = suppressionChannels.map((channel) => {
    const { channels } = heldBackFrom(channel, at);
    using heldBack = bitmapOf([]);
    for (const { customers } of made.filter((set) => channels.includes(set.channel))) heldBack.orInPlace(customers);
    return { channel, heldBackCount: heldBack.size };
  });
  return { withheldCount, byChannel };
}
