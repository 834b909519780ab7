import type { Selectable } from 'kysely';
import type { QueryArrayConfig } from 'pg';
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
  // Binary: as text a bytea is twice as long and is decoded on the event loop.
  const statement: QueryArrayConfig & { binary: boolean } = {
    text: `select members, customer_count from audience_version
      where institution_id = $1 and audience_id = $2 and version = $3`,
    values: [tx.institutionId, audienceId, version],
    rowMode: 'array',
    binary: true,
  };
  const { rows } = await tx.client.query<[Buffer, number]>(statement);
  return rows[0] && { version, members: rows[0][0], customerCount: rows[0][1] };
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
