import type { Selectable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { InstitutionTx } from '../../db/transaction.ts';

export type AudienceVersionRow = Selectable<Tables['audience_version']>;

/** What a page or an edit wants of a version: no line numbers, which are larger than the members. */
export interface AudienceVersion {
  readonly version: number;
  readonly customerCount: number;
  /** Roaring bitmap, portable format. */
  readonly members: Uint8Array;
}

export async function insertVersion(
  tx: InstitutionTx,
  row: Omit<AudienceVersionRow, 'members' | 'member_lines'> & {
    members: Uint8Array;
    member_lines: Uint8Array | null;
  },
): Promise<void> {
  await tx.db
    .insertInto('audience_version')
    .values({ ...row, members: bufferOf(row.members), member_lines: row.member_lines && bufferOf(row.member_lines) })
    .execute();
}

export async function findVersion(
  tx: InstitutionTx,
  audienceId: string,
  version: number,
): Promise<AudienceVersion | undefined> {
  const row = await tx.db
    .selectFrom('audience_version')
    .select(['members', 'customer_count'])
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .where('version', '=', version)
    .executeTakeFirst();
  return row && { version, members: row.members, customerCount: row.customer_count };
}

export async function deleteVersions(tx: InstitutionTx, audienceId: string): Promise<void> {
  await tx.db
    .deleteFrom('audience_version')
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .execute();
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
