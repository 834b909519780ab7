import { type Selectable, sql } from 'kysely';
import type { Tables } from '../../../db/tables.ts';
import type { InstitutionTx } from '../../../db/transaction.ts';
import type { AudienceRow } from '../audience-store.ts';

export type ApprovalRow = Selectable<Tables['audience_approval']>;

export async function findApproval(tx: InstitutionTx, audienceId: string): Promise<ApprovalRow | undefined> {
  return await tx.db
    .selectFrom('audience_approval')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .executeTakeFirst();
}

/** Inserts the approval of an audience, or replaces it. */
export async function saveApproval(tx: InstitutionTx, row: ApprovalRow): Promise<void> {
  const { institution_id: _same, audience_id: _kept, ...values } = row;
  await tx.db
    .insertInto('audience_approval')
    .values(row)
    .onConflict((conflict) => conflict.columns(['institution_id', 'audience_id']).doUpdateSet(values))
    .execute();
}

export async function deleteApproval(tx: InstitutionTx, audienceId: string): Promise<void> {
  await tx.db
    .deleteFrom('audience_approval')
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .execute();
}

/**
 * These audiences and all that their filters lead to, with the restricted types of each one's own filters; nobody
 * changes them until the transaction ends.
 */
export async function shareReached(
  tx: InstitutionTx,
  from: readonly string[],
): Promise<Pick<AudienceRow, 'id' | 'restricted_types'>[]> {
  // A row that was waited for may lead elsewhere since: held for good is what a second look finds again.
  for (let heldCount = -1; ; ) {
    const { rows } = await sql<Pick<AudienceRow, 'id' | 'restricted_types'>>`
      with recursive reached as (
        select unnest(${[...from]}::text[]) collate "C" as id
        union
        select reference.used_audience_id from reached join audience_reference reference
          on reference.institution_id = ${tx.institutionId} and reference.audience_id = reached.id)
      select audience.id, audience.restricted_types from audience
      where audience.institution_id = ${tx.institutionId} and audience.id in (select id from reached)
      order by audience.id for share of audience`.execute(tx.db);
    if (rows.length === heldCount) return rows;
    heldCount = rows.length;
  }
}

/** Audiences for credit whose filters lead to this one, locked. */
export async function lockCreditDependents(tx: InstitutionTx, audienceId: string): Promise<AudienceRow[]> {
  const { rows } = await sql<{ id: string }>`
    with recursive dependent as (
      select reference.audience_id as id from audience_reference reference
        where reference.institution_id = ${tx.institutionId} and reference.used_audience_id = ${audienceId}
      union
      select reference.audience_id from dependent join audience_reference reference
        on reference.institution_id = ${tx.institutionId} and reference.used_audience_id = dependent.id)
    select id from dependent`.execute(tx.db);
  if (rows.length === 0) return [];
  return await tx.db
    .selectFrom('audience')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .where(sql<boolean>`id = any(${rows.map(({ id }) => id)}::text[])`)
    .where('purpose', '=', 'credit')
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** Audiences that the filters of this one ask about. */
export async function listUsedAudiences(tx: InstitutionTx, audienceId: string): Promise<string[]> {
  const rows = await tx.db
    .selectFrom('audience_reference')
    .select('used_audience_id')
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .orderBy('used_audience_id')
    .execute();
  return rows.map((row) => row.used_audience_id);
}

/** Earlier versions whose members restricted types selected. */
export async function listRestrictedVersions(tx: InstitutionTx, audience: AudienceRow): Promise<number[]> {
  const rows = await tx.db
    .selectFrom('audience_version')
    .select('version')
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audience.id)
    .where('version', '<', audience.version)
    .where(sql<boolean>`restricted_types <> '{}'`)
    .orderBy('version')
    .execute();
  return rows.map(({ version }) => version);
}
