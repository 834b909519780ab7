import { LRUCache } from 'lru-cache';
import type { InstitutionTx } from '../../../db/transaction.ts';
import { type Bitmap, bitmapFrom, bitmapPage } from '../../../lib/bitmap.ts';
import { findCustomerBase } from '../../customers/index.ts';
import type { HeldBackQuery } from '../held-back/held-back-query.ts';
import { findHeldBack, type HeldBack } from '../held-back/held-back-sets.ts';
import { findVersion } from '../versions/audience-version-store.ts';

export interface MemberSetRef {
  readonly audienceId: string;
  readonly version: number;
  /** Whether it is the audience's present version. */
  readonly isPresent: boolean;
  /** At least as new as this must be what is known of who is gone. */
  readonly customerVersion: number;
  /** Which suppressions leave members out, and the state of them that was read; absent = none does. */
  readonly heldBack?: { readonly query: HeldBackQuery; readonly state: string | undefined } | undefined;
}

export interface MemberRange {
  /** The last ordinal of the page before; absent = from the first. */
  readonly afterOrdinal?: number | undefined;
  readonly limit: number;
}

/** A page of one version's members as ordinals, in order. */
export interface MemberOrdinals {
  readonly ordinals: readonly number[];
  readonly hasMore: boolean;
  /** Of the version, whoever is gone since. */
  readonly count: number;
  readonly withheldCount: number;
  /** Of those who are in the base: whom suppressions leave out. */
  readonly heldBackCount: number;
}

/** A page from memory alone; it holds while the audience, the base and the suppressions are as they were. */
export interface GuessedOrdinals extends MemberOrdinals {
  readonly version: number;
  /** Who is gone is known up to here. */
  readonly customerVersion: number;
  readonly heldBackState: string | undefined;
}

export interface MemberSets {
  /** @param ref.version absent = the version that was the present one when it was last read */
  guessPage(
    ref: {
      institutionId: string;
      audienceId: string;
      version: number | undefined;
      heldBack: HeldBackQuery | undefined;
    },
    range: MemberRange,
  ): GuessedOrdinals | undefined;
  /** @returns undefined when the audience has no such version */
  readPage(tx: InstitutionTx, ref: MemberSetRef, range: MemberRange): Promise<MemberOrdinals | undefined>;
  /** Gives the memory back. */
  clear(): void;
}

const presentVersionsMax = 10_000;

/**
 * Keeps the bitmaps of versions that are being walked, because a version never changes: without them each page of a
 * million members would read and check 0.6 MB again. The least recently used go when `bytesMax` is reached.
 *
 * Bitmaps live outside the garbage collector. None leaves this module and none is held across an `await`, so they can
 * be disposed the moment they are evicted.
 */
export function createMemberSets(options: { bytesMax: number }): MemberSets {
  const cache = new LRUCache<string, MemberSet>({
    maxSize: options.bytesMax,
    sizeCalculation: (set) => set.bytes,
    dispose: (set) => set[Symbol.dispose](),
  });
  const presentVersions = new LRUCache<string, number>({ max: presentVersionsMax });
  return {
    guessPage(ref, range) {
      const version = ref.version ?? presentVersions.get(keyOf(ref.institutionId, ref.audienceId));
      const set = version && cache.get(keyOf(ref.institutionId, ref.audienceId, version, ...channelsOf(ref.heldBack)));
      if (!set) return undefined;
      const { customerVersion, heldBackState } = set;
      return { ...set.page(range), version, customerVersion, heldBackState };
    },
    async readPage(tx, ref, range) {
      const key = keyOf(tx.institutionId, ref.audienceId, ref.version, ...channelsOf(ref.heldBack?.query));
      if (ref.isPresent) presentVersions.set(keyOf(tx.institutionId, ref.audienceId), ref.version);
      const cached = cache.get(key);
      if (cached !== undefined && isOf(cached, ref)) return cached.page(range);
      const base = await findCustomerBase(tx);
      const heldBack = ref.heldBack && (await findHeldBack(tx, ref.heldBack.query));
      const stale = cache.get(key);
      if (stale !== undefined) {
        stale.leaveOut(base, heldBack);
        return stale.page(range);
      }
      const version = await findVersion(tx, ref.audienceId, ref.version);
      if (version === undefined) return undefined;
      // Another page may have brought it meanwhile.
      const brought = cache.get(key);
      if (brought !== undefined) {
        brought.leaveOut(base, heldBack);
        return brought.page(range);
      }
      const set = createMemberSet(version.members);
      set.leaveOut(base, heldBack);
      const page = set.page(range);
      cache.set(key, set);
      // A set larger than the whole cache is not kept.
      if (!cache.has(key)) set[Symbol.dispose]();
      return page;
    },
    clear() {
      cache.clear();
    },
  };
}

function keyOf(...parts: readonly (string | number)[]): string {
  return parts.join(' ');
}

/** A set that leaves members out is one of its own: walks for several channels go on side by side. */
function channelsOf(heldBack: HeldBackQuery | undefined): readonly string[] {
  return heldBack === undefined ? [] : heldBack.channels;
}

function isOf(set: MemberSet, ref: MemberSetRef): boolean {
  return set.customerVersion >= ref.customerVersion && set.heldBackState === ref.heldBack?.state;
}

interface MemberSet extends Disposable {
  /** Memory, at most. */
  readonly bytes: number;
  readonly customerVersion: number;
  readonly heldBackState: string | undefined;
  /** Who is gone, and whom suppressions hold back. */
  leaveOut(base: { customerVersion: number; gone: Uint8Array }, heldBack: HeldBack | undefined): void;
  page(range: MemberRange): MemberOrdinals;
}

function createMemberSet(bytes: Uint8Array): MemberSet {
  const members = bitmapFrom(bytes);
  let customerVersion = -1;
  let heldBackState: string | undefined;
  // The members who are still in the base; the same bitmap while nobody is gone.
  let visible: Bitmap = members;
  // Of these the ones whom nothing holds back; the same bitmap while it holds back nobody.
  let shown: Bitmap = members;
  const count = members.size;
  const fixedBytes = 1_024;

  function withhold(base: { customerVersion: number; gone: Uint8Array }): void {
    // Who is gone stays gone, so the newer state holds for older readers too.
    if (base.customerVersion <= customerVersion) return;
    customerVersion = base.customerVersion;
    using gone = bitmapFrom(base.gone);
    if (members.andCardinality(gone) === count - visible.size) return;
    if (visible !== members) visible.dispose();
    visible = members.clone();
    visible.andNotInPlace(gone);
  }

  return {
    get bytes() {
      return fixedBytes + (heldBackState === undefined ? 2 : 3) * bytes.byteLength;
    },
    get customerVersion() {
      return customerVersion;
    },
    get heldBackState() {
      return heldBackState;
    },
    leaveOut(base, heldBack) {
      if (shown !== visible) shown.dispose();
      withhold(base);
      shown = visible;
      heldBackState = heldBack?.state;
      if (heldBack === undefined) return;
      using suppressed = bitmapFrom(heldBack.members);
      if (!visible.intersects(suppressed)) return;
      shown = visible.clone();
      shown.andNotInPlace(suppressed);
    },
    page({ afterOrdinal, limit }) {
      const wanted = bitmapPage(shown, {
        // One more than asked for tells whether there is another page.
        limit: limit + 1,
        ...(afterOrdinal === undefined ? {} : { afterOrdinal }),
      });
      return {
        ordinals: Array.from(wanted.subarray(0, limit)),
        hasMore: wanted.length > limit,
        count,
        withheldCount: count - visible.size,
        heldBackCount: visible.size - shown.size,
      };
    },
    [Symbol.dispose]() {
      if (shown !== visible) shown.dispose();
      if (visible !== members) visible.dispose();
      members.dispose();
    },
  };
}
