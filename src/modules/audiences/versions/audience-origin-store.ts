import { type Selectable, sql } from 'kysely';
import type { Tables } from '../../../db/tables.ts';
import type { InstitutionTx } from '../../../db/transaction.ts';
import type { AudienceViewer } from '../audience-access.ts';
import { visibleAudienceIds } from '../sharing/audience-share-store.ts';
import { bufferOf } from './audience-version-store.ts';

export type AudienceOriginRow = Selectable<Tables['audience_origin']>;

/** Without its lines, which are larger than its members. */
export type OriginMembersRow = Omit<AudienceOriginRow, 'institution_id' | 'audience_id' | 'member_lines'>;

export interface OriginPlace {
  readonly version: number;
  readonly part: number;
}

export type NewOriginRow = Omit<AudienceOriginRow, 'institution_id' | 'audience_id' | 'members' | 'member_lines'> & {
  members: Uint8Array;
  member_lines: Uint8Array | null;
};

export async function insertOrigins(
  tx: InstitutionTx,
  audienceId: string,
  rows: readonly NewOriginRow[],
): Promise<void> {
  for (const row of rows) {
    await tx.db
      .insertInto('audience_origin')
      .values({
        ...row,
        institution_id: tx.institutionId,
        audience_id: audienceId,
        members: bufferOf(row.members),
        member_lines: row.member_lines && bufferOf(row.member_lines),
      })
      .execute();
  }
}

/** In the order of version and part, those after a place; absent = from the first. */
export async function listOrigins(
  tx: InstitutionTx,
  audienceId: string,
  page: { after: OriginPlace | undefined; limit: number },
): Promise<OriginMembersRow[]> {
  const { after, limit } = page;
  return await originsOf(tx, audienceId)
    .select(['version', 'part', 'made_at', 'import_id', 'members'])
    .$if(after !== undefined, (query) =>
      query.where(sql<boolean>`(version, part) > (${after?.version ?? 0}, ${after?.part ?? 0})`),
    )
    .orderBy('version')
    .orderBy('part')
    .limit(limit)
    .execute();
}

export async function findOriginLines(
  tx: InstitutionTx,
  audienceId: string,
  place: OriginPlace,
): Promise<Uint8Array | undefined> {
  const row = await originsOf(tx, audienceId)
    .select('member_lines')
    .where('version', '=', place.version)
    .where('part', '=', place.part)
    .executeTakeFirst();
  return row?.member_lines ?? undefined;
}

export async function deleteOrigins(tx: InstitutionTx, audienceId: string): Promise<void> {
  await tx.db
    .deleteFrom('audience_origin')
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .execute();
}

/** Whether the viewer may see an import: made by them, or of an audience that they may see. */
export async function isImportSeen(tx: InstitutionTx, viewer: AudienceViewer, importId: string): Promise<boolean> {
  const { rows } = await sql`select from import
    where import.institution_id = ${tx.institutionId} and import.id = ${importId}
      and (import.created_by = ${viewer.principalId} or import.audience_id in ${visibleAudienceIds(tx, viewer)})`.execute(
    tx.db,
  );
  return rows.length > 0;
}

function originsOf(tx: InstitutionTx, audienceId: string) {
  return tx.db
    .selectFrom('audience_origin')
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId);
}
