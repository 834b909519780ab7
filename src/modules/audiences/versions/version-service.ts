import type { Database, InstitutionTx } from '../../../db/transaction.ts';
import { entityTag } from '../../../http/entity-tag.ts';
import { type Bitmap, bitmapFrom, bitmapPage } from '../../../lib/bitmap.ts';
import type { Principal } from '../../access/index.ts';
import { findCustomerBase } from '../../customers/index.ts';
import { requireTold } from '../approval/approval.ts';
import { viewerOf } from '../audience-access.ts';
import { noAudience } from '../audience-service.ts';
import { type AudienceRow, findAudience } from '../audience-store.ts';
import { listCustomerIds } from '../members/member-store.ts';
import {
  countVersions,
  findVersionFacts,
  listVersionFacts,
  type VersionChange,
  type VersionFacts,
} from './audience-version-store.ts';
import { findChange, findChangeAgainst } from './version-change.ts';
import { checkKept, noSuchVersion } from './version-moment.ts';
import type { ChangeKind, CustomerAudienceVersion } from './version-schemas.ts';

export interface VersionDeps {
  readonly database: Database;
}

export interface VersionRef {
  readonly audienceId: string;
  readonly version: number;
}

/**
 * The kept versions of an audience, newest first.
 *
 * @returns `last` is the number that the page ended with unless it was the last page
 * @throws Problem `notFound`
 */
export async function getVersions(
  deps: VersionDeps,
  principal: Principal,
  audienceId: string,
  page: { before: number | undefined; limit: number },
): Promise<{ items: CustomerAudienceVersion[]; count: number; last: number | undefined }> {
  return await inSnapshot(deps, principal, async (tx) => {
    const audience = (await findAudience(tx, viewerOf(principal), audienceId)) ?? noAudience();
    // One more than asked for tells whether there is another page.
    const rows = await listVersionFacts(tx, audienceId, { ...page, limit: page.limit + 1 });
    const shown = rows.slice(0, page.limit);
    const last = rows.length > page.limit ? shown.at(-1)?.version : undefined;
    const items = shown.map((facts) => versionBody(audience, facts));
    return { items, count: await countVersions(tx, audienceId), last };
  });
}

/** @throws Problem `notFound`, also for a version that is no longer kept */
export async function getVersion(
  deps: VersionDeps,
  principal: Principal,
  ref: VersionRef,
): Promise<{ body: CustomerAudienceVersion; tag: string }> {
  return await inSnapshot(deps, principal, async (tx) => {
    const audience = await requireVersion(tx, principal, ref);
    const facts = await findVersionFacts(tx, ref.audienceId, ref.version);
    if (facts === undefined) throw noSuchVersion({ isPast: true });
    const body = versionBody(audience, facts);
    return { body, tag: entityTag([ref.audienceId, ref.version, String(body.isCurrent)]) };
  });
}

export interface ChangePage {
  readonly items: readonly { id: string; change: ChangeKind }[];
  /** Of the change under the filter, whoever is gone since. */
  readonly count: number;
  /** Of these how many have left the customer base since. */
  readonly withheldCount: number;
  /** The ordinal that the page ended with unless it was the last page. */
  readonly last: number | undefined;
}

/**
 * A page of who came and went with a version against the one before, or against another kept one, in ordinal order.
 *
 * @throws Problem `notFound`, also for a version that is no longer kept
 */
export async function getChanges(
  deps: VersionDeps,
  principal: Principal,
  ref: VersionRef & { against: number | undefined },
  page: { kinds: readonly ChangeKind[]; afterOrdinal: number | undefined; limit: number },
): Promise<ChangePage> {
  return await inSnapshot(deps, principal, async (tx) => {
    const audience = await requireVersion(tx, principal, ref);
    const { audienceId, version, against } = ref;
    if (against !== undefined) checkKept(keptOf(audience), against);
    const change =
      against === undefined
        ? await findChange(tx, audienceId, version)
        : await findChangeAgainst(tx, audienceId, { version, against });
    if (change === undefined) throw noSuchVersion({ isPast: true });
    const withheld = { isPending: audience.approval_pending, withheldVersions: audience.withheld_versions };
    for (const told of [version, against ?? version - 1]) requireTold(withheld, told);
    const { gone } = await findCustomerBase(tx);
    const { ordinals, added, ...counts } = pickChange(change, gone, page);
    const rows = await listCustomerIds(tx, ordinals);
    const items = rows.map((row) => ({ id: row.id, change: added.has(row.ordinal) ? 'added' : 'removed' }) as const);
    return { ...counts, items };
  });
}

/** The ordinals of a page, and which of them came. */
function pickChange(
  change: VersionChange,
  goneBytes: Uint8Array,
  page: { kinds: readonly ChangeKind[]; afterOrdinal: number | undefined; limit: number },
) {
  const { kinds, afterOrdinal, limit } = page;
  using added = bitmapFrom(kinds.includes('added') ? change.added : new Uint8Array());
  using all: Bitmap = bitmapFrom(kinds.includes('removed') ? change.removed : new Uint8Array());
  all.orInPlace(added);
  const count = all.size;
  using gone = bitmapFrom(goneBytes);
  all.andNotInPlace(gone);
  // One more than asked for tells whether there is another page.
  const wanted = bitmapPage(all, { limit: limit + 1, ...(afterOrdinal === undefined ? {} : { afterOrdinal }) });
  const ordinals = Array.from(wanted.subarray(0, limit));
  return {
    ordinals,
    added: new Set(ordinals.filter((ordinal) => added.has(ordinal))),
    count,
    withheldCount: count - all.size,
    last: wanted.length > limit ? ordinals.at(-1) : undefined,
  };
}

async function requireVersion(tx: InstitutionTx, principal: Principal, ref: VersionRef): Promise<AudienceRow> {
  const audience = (await findAudience(tx, viewerOf(principal), ref.audienceId)) ?? noAudience();
  checkKept(keptOf(audience), ref.version);
  return audience;
}

function keptOf(audience: AudienceRow) {
  return { version: audience.version, keptFrom: audience.kept_from_version };
}

/** What is read of an audience and its versions is of one moment. */
async function inSnapshot<T>(
  deps: VersionDeps,
  principal: Principal,
  work: (tx: InstitutionTx) => Promise<T>,
): Promise<T> {
  return await deps.database.inInstitution(principal.institutionId, work, { isolation: 'repeatable read' });
}

function versionBody(audience: AudienceRow, facts: VersionFacts): CustomerAudienceVersion {
  return {
    version: facts.version,
    cause: facts.cause,
    customerCount: facts.customer_count,
    addedCount: facts.added_count,
    removedCount: facts.removed_count,
    customerVersion: facts.customer_version,
    createdAt: facts.made_at.toISOString(),
    createdBy: facts.made_by,
    ...(facts.import_id === null ? {} : { import: facts.import_id }),
    isCurrent: facts.version === audience.version,
  };
}
