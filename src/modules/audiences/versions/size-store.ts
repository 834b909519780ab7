import { sql } from 'kysely';
import type { InstitutionTx } from '../../../db/transaction.ts';

export interface SizeRow {
  readonly audience_id: string;
  readonly version: number;
  readonly made_at: Date;
  readonly customer_count: number;
}

/**
 * The sizes of kept versions in the order in which they were made, at most `pointsMax` of an audience: the first and the
 * last are there, and of others as many at equal distances.
 *
 * @param options.since the first is the version that was the present one then; undefined = all that are kept
 */
export async function listSizes(
  tx: InstitutionTx,
  audienceIds: readonly string[],
  options: { since: Date | undefined; pointsMax: number },
): Promise<SizeRow[]> {
  const { since, pointsMax } = options;
  // Step n of pointsMax - 1 begins at a place whose share of the way is at least n: 0 and the last place begin one.
  const step = (place: string) => sql`${sql.raw(place)} * ${sql.lit(pointsMax - 1)} / (total - 1)`;
  const { rows } = await sql<SizeRow>`
    with wanted as (
      select audience_id, version, made_at, customer_count,
        row_number() over (partition by audience_id order by version) - 1 as place,
        count(*) over (partition by audience_id) as total
      from audience_version kept
      where institution_id = ${tx.institutionId} and audience_id = any(${[...audienceIds]}::text[])
        and (${since === undefined} or version >= coalesce((
          select max(version) from audience_version earlier
          where earlier.institution_id = ${tx.institutionId} and earlier.audience_id = kept.audience_id
            and earlier.made_at <= ${since ?? null}::timestamptz), 1)))
    select audience_id, version, made_at, customer_count from wanted
    where total <= ${pointsMax} or place = 0 or ${step('place')} > ${step('(place - 1)')}
    order by audience_id, version limit ${audienceIds.length * pointsMax}`.execute(tx.db);
  return rows;
}
