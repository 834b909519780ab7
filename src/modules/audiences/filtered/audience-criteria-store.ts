import { type Selectable, sql } from 'kysely';
import type { Tables } from '../../../db/tables.ts';
import type { InstitutionTx, OperatorTx } from '../../../db/transaction.ts';
import type { AudienceViewer } from '../audience-access.ts';
import { isVisible } from '../sharing/audience-share-store.ts';

export type AudienceCriteriaRow = Selectable<Tables['audience_criteria']>;

/** What an audience is made from; undefined of one that no filters make. */
export async function findCriteria(tx: InstitutionTx, audienceId: string): Promise<AudienceCriteriaRow | undefined> {
  return await tx.db
    .selectFrom('audience_criteria')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .executeTakeFirst();
}

/**
 * Inserts criteria, or replaces those of the audience.
 *
 * @param usedAudienceIds audiences that the filters ask about; absent = the same as before
 */
export async function saveCriteria(
  tx: InstitutionTx,
  row: AudienceCriteriaRow,
  usedAudienceIds?: readonly string[],
): Promise<void> {
  const { institution_id: _kept, audience_id: _same, ...values } = { ...row, filters: JSON.stringify(row.filters) };
  await tx.db
    .insertInto('audience_criteria')
    .values({ institution_id: tx.institutionId, audience_id: row.audience_id, ...values })
    .onConflict((conflict) => conflict.columns(['institution_id', 'audience_id']).doUpdateSet(values))
    .execute();
  if (usedAudienceIds === undefined) return;
  await deleteReferences(tx, row.audience_id);
  if (usedAudienceIds.length === 0) return;
  const references = usedAudienceIds.map((id) => ({
    institution_id: tx.institutionId,
    audience_id: row.audience_id,
    used_audience_id: id,
  }));
  await tx.db.insertInto('audience_reference').values(references).execute();
}

/** Notes that the members were found again, or why not. */
export async function noteRefresh(
  tx: InstitutionTx,
  audienceId: string,
  outcome: { refreshedAt: Date; factsVersion: number } | { failedAt: Date; failure: string },
): Promise<void> {
  const change =
    'failure' in outcome
      ? { failed_at: outcome.failedAt, failure: outcome.failure }
      : {
          refreshed_at: outcome.refreshedAt,
          facts_version: outcome.factsVersion,
          failed_at: null,
          failure: null,
        };
  await tx.db
    .updateTable('audience_criteria')
    .set(change)
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .execute();
}

export async function deleteCriteria(tx: InstitutionTx, audienceId: string): Promise<void> {
  await deleteReferences(tx, audienceId);
  await tx.db
    .deleteFrom('audience_criteria')
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .execute();
}

async function deleteReferences(tx: InstitutionTx, audienceId: string): Promise<void> {
  await tx.db
    .deleteFrom('audience_reference')
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .execute();
}

/** Audiences whose filters ask about this one: how many there are, and the first of those that the viewer sees. */
export async function findUsers(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  audienceId: string,
  limit: number,
): Promise<{ count: number; visible: { id: string; name: string }[] }> {
  const users = tx.db
    .selectFrom('audience')
    .innerJoin('audience_reference', (join) =>
      join
        .onRef('audience_reference.institution_id', '=', 'audience.institution_id')
        .onRef('audience_reference.audience_id', '=', 'audience.id'),
    )
    .where('audience.institution_id', '=', tx.institutionId)
    .where('audience_reference.used_audience_id', '=', audienceId);
  const { count } = await users.select(sql<number>`count(*)::integer`.as('count')).executeTakeFirstOrThrow();
  const visible = await users
    .select(['audience.id', 'audience.name'])
    .where(isVisible(tx, viewer))
    .orderBy('audience.id')
    .limit(limit)
    .execute();
  return { count, visible };
}

/** Whether the filters of one of these audiences lead, over whatever others, to the audience. */
export async function refersTo(tx: InstitutionTx, from: readonly string[], audienceId: string): Promise<boolean> {
  const { rows } = await sql<{ found: boolean }>`
    with recursive reached as (
      select unnest(${[...from]}::text[]) collate "C" as id
      union
      select reference.used_audience_id from reached join audience_reference reference
        on reference.institution_id = ${tx.institutionId} and reference.audience_id = reached.id)
    select exists (select from reached where id = ${audienceId}) as found`.execute(tx.db);
  return rows[0]?.found ?? false;
}

export interface StaleAudience {
  readonly institution_id: string;
  readonly audience_id: string;
}

/**
 * Active audiences whose members are due to be found again, of all institutions: after a load, or on a new day. That is
 * the whole state of a refresh, so one that died leaves nothing behind.
 */
export async function listStaleAudiences(
  tx: OperatorTx,
  due: { dayBegan: Date; failedBefore: Date; limit: number },
): Promise<StaleAudience[]> {
  const { rows } = await sql<StaleAudience>`
    select criteria.institution_id, criteria.audience_id
    from audience_criteria criteria
    join audience on audience.institution_id = criteria.institution_id and audience.id = criteria.audience_id
    join institution on institution.id = criteria.institution_id
    where audience.state = 'active'
      and (criteria.refresh = 'onCustomerLoad' and criteria.facts_version < institution.facts_version
        or criteria.refresh = 'daily' and criteria.refreshed_at < ${due.dayBegan})
      and (criteria.failed_at is null or criteria.failed_at < ${due.failedBefore})
    order by criteria.institution_id, criteria.audience_id limit ${due.limit}`.execute(tx.db);
  return rows;
}
