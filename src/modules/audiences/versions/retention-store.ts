import { sql } from 'kysely';
import type { InstitutionTx, OperatorTx } from '../../../db/transaction.ts';

export interface AudienceRef {
  readonly institutionId: string;
  readonly audienceId: string;
}

/**
 * Audiences with versions that need not be kept, of any institution: the second of its kept versions is so old that
 * the first was not the present one within the time, and there are more than the number that is always kept.
 */
export async function listOverdueAudiences(
  tx: OperatorTx,
  page: { now: Date; after: AudienceRef | undefined; limit: number; keptDays: number; keptMin: number },
): Promise<AudienceRef[]> {
  const { now, after, keptDays, keptMin } = page;
  const { rows } = await sql<AudienceRef>`
    select audience.institution_id as "institutionId", audience.id as "audienceId"
    from audience join institution on institution.id = audience.institution_id
      join audience_version second on second.institution_id = audience.institution_id
        and second.audience_id = audience.id and second.version = audience.kept_from_version + 1
    where (audience.institution_id, audience.id) > (${after?.institutionId ?? ''}, ${after?.audienceId ?? ''})
      and second.made_at <= ${now}::timestamptz
        - make_interval(hours => 24 * coalesce((institution.settings ->> 'versionsKeptDays')::integer, ${keptDays}))
      and audience.version - audience.kept_from_version
        >= coalesce((institution.settings ->> 'versionsKeptMin')::integer, ${keptMin})
    order by audience.institution_id, audience.id limit ${page.limit}`.execute(tx.db);
  return rows;
}

/** Not a change of the audience that anybody edits: its revision, and with it the entity tag, stays. */
export async function saveKeptFrom(tx: InstitutionTx, audienceId: string, keptFrom: number): Promise<void> {
  await tx.db
    .updateTable('audience')
    .set({ kept_from_version: keptFrom })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', audienceId)
    .execute();
}
