import { type Selectable, sql } from 'kysely';
import type { Tables } from '../../../db/tables.ts';
import type { InstitutionTx } from '../../../db/transaction.ts';

export type AudienceVersionRow = Selectable<Tables['audience_version']>;

/** What a page or an edit wants of a version: no line numbers, which are larger than the members. */
export interface AudienceVersion {
  readonly version: number;
  readonly customerCount: number;
  /** Roaring bitmap, portable format. */
  readonly members: Uint8Array;
}

/** Who came and who went with a version against the one before: Roaring bitmaps, portable format. */
export interface VersionChange {
  readonly added: Uint8Array;
  readonly removed: Uint8Array;
}

/** What there is to say of a version without its members. */
export type VersionFacts = Pick<AudienceVersionRow, (typeof factColumns)[number]>;

/** A version with what it changed; `added` is null as the column has it (`0009-audience-versions.sql`). */
export type ChangedVersionRow = Pick<
  AudienceVersionRow,
  'version' | 'cause' | 'import_id' | 'made_at' | 'added' | 'removed'
>;

const factColumns = [
  'audience_id',
  'version',
  'cause',
  'customer_count',
  'added_count',
  'removed_count',
  'customer_version',
  'import_id',
  'made_at',
  'made_by',
  'restricted_types',
] as const;

const byteColumns = ['members', 'member_lines', 'added', 'removed'] as const;
type ByteColumn = (typeof byteColumns)[number];

export type NewVersionRow = Omit<AudienceVersionRow, ByteColumn> & {
  members: Uint8Array;
  member_lines: Uint8Array | null;
  added: Uint8Array | null;
  removed: Uint8Array | null;
};

export async function insertVersion(tx: InstitutionTx, row: NewVersionRow): Promise<void> {
  const { members, member_lines: lines, added, removed } = row;
  await tx.db
    .insertInto('audience_version')
    .values({
      ...row,
      members: bufferOf(members),
      member_lines: lines && bufferOf(lines),
      added: added && bufferOf(added),
      removed: removed && bufferOf(removed),
    })
    .execute();
}

export async function findVersion(
  tx: InstitutionTx,
  audienceId: string,
  version: number,
): Promise<AudienceVersion | undefined> {
  const row = await versionsOf(tx, audienceId)
    .select(['members', 'customer_count'])
    .where('version', '=', version)
    .executeTakeFirst();
  return row && { version, members: row.members, customerCount: row.customer_count };
}

export async function findVersionFacts(
  tx: InstitutionTx,
  audienceId: string,
  version: number,
): Promise<VersionFacts | undefined> {
  return await versionsOf(tx, audienceId).select(factColumns).where('version', '=', version).executeTakeFirst();
}

/** Newest first. @param page.before only versions below; absent = from the present one */
export async function listVersionFacts(
  tx: InstitutionTx,
  audienceId: string,
  page: { before: number | undefined; limit: number },
): Promise<VersionFacts[]> {
  const { before, limit } = page;
  return await versionsOf(tx, audienceId)
    .select(factColumns)
    .$if(before !== undefined, (query) => query.where('version', '<', before ?? 0))
    .orderBy('version', 'desc')
    .limit(limit)
    .execute();
}

export async function countVersions(tx: InstitutionTx, audienceId: string): Promise<number> {
  const { count } = await versionsOf(tx, audienceId)
    .select(sql<number>`count(*)::integer`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** The kept version that was the present one at that moment; undefined before the first that is kept. */
export async function findVersionAt(tx: InstitutionTx, audienceId: string, at: Date): Promise<number | undefined> {
  const row = await versionsOf(tx, audienceId)
    .select('version')
    .where('made_at', '<=', at)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.version;
}

/** As stored: null where the change is the difference to the version before, or of version 1. */
export async function findStoredChange(
  tx: InstitutionTx,
  audienceId: string,
  version: number,
): Promise<Pick<AudienceVersionRow, 'added' | 'removed'> | undefined> {
  return await versionsOf(tx, audienceId)
    .select(['added', 'removed'])
    .where('version', '=', version)
    .executeTakeFirst();
}

export async function saveChange(
  tx: InstitutionTx,
  ref: { audienceId: string; version: number },
  change: VersionChange,
): Promise<void> {
  await tx.db
    .updateTable('audience_version')
    .set({ added: bufferOf(change.added), removed: bufferOf(change.removed) })
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', ref.audienceId)
    .where('version', '=', ref.version)
    .execute();
}

/** Newest first, at most `limit` versions up to `upTo`: what each changed. */
export async function listChangedVersions(
  tx: InstitutionTx,
  audienceId: string,
  page: { upTo: number; limit: number },
): Promise<ChangedVersionRow[]> {
  return await versionsOf(tx, audienceId)
    .select(['version', 'cause', 'import_id', 'made_at', 'added', 'removed'])
    .where('version', '<=', page.upTo)
    .orderBy('version', 'desc')
    .limit(page.limit)
    .execute();
}

export async function findMemberLines(
  tx: InstitutionTx,
  audienceId: string,
  version: number,
): Promise<Uint8Array | undefined> {
  const row = await versionsOf(tx, audienceId).select('member_lines').where('version', '=', version).executeTakeFirst();
  return row?.member_lines ?? undefined;
}

/** All versions, or those below `before`. */
export async function deleteVersions(tx: InstitutionTx, audienceId: string, before?: number): Promise<void> {
  await tx.db
    .deleteFrom('audience_version')
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .$if(before !== undefined, (query) => query.where('version', '<', before ?? 0))
    .execute();
}

export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function versionsOf(tx: InstitutionTx, audienceId: string) {
  return tx.db
    .selectFrom('audience_version')
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId);
}
