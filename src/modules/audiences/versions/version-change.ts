import type { InstitutionTx } from '../../../db/transaction.ts';
import { bitmapBytes, bitmapFrom } from '../../../lib/bitmap.ts';
import { findStoredChange, findVersion, type VersionChange } from './audience-version-store.ts';

/** A change and how many it moves. */
export interface CountedChange extends VersionChange {
  readonly addedCount: number;
  readonly removedCount: number;
}

const nobody = new Uint8Array();

/** Who is in the second set of members and not in the first, and the other way round. */
export function changeBetween(before: Uint8Array, after: Uint8Array): CountedChange {
  using old = bitmapFrom(before);
  using fresh = bitmapFrom(after);
  using added = fresh.clone();
  added.andNotInPlace(old);
  using removed = old.clone();
  removed.andNotInPlace(fresh);
  return {
    added: bitmapBytes(added),
    removed: bitmapBytes(removed),
    addedCount: added.size,
    removedCount: removed.size,
  };
}

/**
 * What a kept version changed against the one before it, also when that one is not kept any more.
 *
 * @returns undefined when the version is not there
 */
export async function findChange(
  tx: InstitutionTx,
  audienceId: string,
  version: number,
): Promise<VersionChange | undefined> {
  const stored = await findStoredChange(tx, audienceId, version);
  if (stored === undefined) return undefined;
  if (stored.added !== null && stored.removed !== null) return { added: stored.added, removed: stored.removed };
  return await findChangeAgainst(tx, audienceId, { version, against: version - 1 });
}

/** The change from one kept version to another; version 0 is the audience before it was made. */
export async function findChangeAgainst(
  tx: InstitutionTx,
  audienceId: string,
  pair: { version: number; against: number },
): Promise<VersionChange | undefined> {
  const after = await findVersion(tx, audienceId, pair.version);
  if (after === undefined) return undefined;
  if (pair.against === 0) return { added: after.members, removed: nobody };
  const before = await findVersion(tx, audienceId, pair.against);
  return before && changeBetween(before.members, after.members);
}
