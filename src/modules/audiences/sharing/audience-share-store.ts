import { type Expression, type RawBuilder, type Selectable, type SqlBool, sql } from 'kysely';
import type { Tables } from '../../../db/tables.ts';
import type { InstitutionTx } from '../../../db/transaction.ts';
import { knownPrincipals } from '../../principals/index.ts';
import type { AudienceViewer } from '../audience-access.ts';

export type AudienceShareRow = Selectable<Tables['audience_share']>;

/** A share with who it is for; without a name when they have no grant any more. */
export interface CollaboratorRow extends AudienceShareRow {
  readonly kind: 'person' | 'application' | null;
  readonly name: string | null;
}

/**
 * Whether the row of `audience` may be seen: own or shared. Every statement that finds audiences for a caller holds
 * this, so that a count and its rows agree. The inner select does not depend on the row: it is run once a statement.
 */
export function isVisible(tx: InstitutionTx, viewer: AudienceViewer): RawBuilder<SqlBool> {
  if (viewer.seesAll) return sql<boolean>`true`;
  return sql<boolean>`(audience.created_by = ${viewer.principalId}
    or audience.id in (${sharedWith(tx, viewer.principalId)}))`;
}

/** The audiences that the viewer may see, as a set: for rows that belong to an audience. */
export function visibleAudienceIds(tx: InstitutionTx, viewer: AudienceViewer): Expression<string> {
  return sql<string>`(select audience.id from audience
    where audience.institution_id = ${tx.institutionId} and ${isVisible(tx, viewer)})`;
}

/**
 * The audience that a row of `audience` is a copy of, if the viewer may see that one; null otherwise. It takes the place
 * of the column of the same name, so that no statement for a caller tells of an audience that is not theirs.
 */
export function seenCopyOf(tx: InstitutionTx, viewer: AudienceViewer): RawBuilder<string | null> {
  return sql<string | null>`case when audience.copy_of_audience_id is not null
    and audience.copy_of_audience_id in ${visibleAudienceIds(tx, viewer)} then audience.copy_of_audience_id end`;
}

/** Ids of the audiences that are shared with somebody. */
export function sharedWith(tx: InstitutionTx, principalId: string): RawBuilder<string> {
  return sql<string>`select share.audience_id from audience_share share
    where share.institution_id = ${tx.institutionId} and share.principal_id = ${principalId}`;
}

export async function findShare(
  tx: InstitutionTx,
  audienceId: string,
  principalId: string,
): Promise<AudienceShareRow | undefined> {
  return await tx.db
    .selectFrom('audience_share')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .where('principal_id', '=', principalId)
    .executeTakeFirst();
}

/** Shares, or changes what the share is for. */
export async function saveShare(tx: InstitutionTx, row: AudienceShareRow): Promise<void> {
  await tx.db
    .insertInto('audience_share')
    .values(row)
    .onConflict((conflict) =>
      conflict.columns(['institution_id', 'audience_id', 'principal_id']).doUpdateSet({ access: row.access }),
    )
    .execute();
}

export async function deleteShare(tx: InstitutionTx, audienceId: string, principalId: string): Promise<void> {
  await tx.db
    .deleteFrom('audience_share')
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .where('principal_id', '=', principalId)
    .execute();
}

export async function countShares(tx: InstitutionTx, audienceId: string): Promise<number> {
  const { count } = await tx.db
    .selectFrom('audience_share')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('institution_id', '=', tx.institutionId)
    .where('audience_id', '=', audienceId)
    .executeTakeFirstOrThrow();
  return count;
}

/** With whom an audience is shared, by id. */
export async function listCollaborators(
  tx: InstitutionTx,
  audienceId: string,
  page: { after: string | undefined; limit: number },
): Promise<CollaboratorRow[]> {
  const { rows } = await sql<CollaboratorRow>`
    select share.*, granted.kind, granted.name
    from audience_share share left join ${knownPrincipals(tx)} granted
      on granted.id = share.principal_id and granted.is_granted
    where share.institution_id = ${tx.institutionId} and share.audience_id = ${audienceId}
      and share.principal_id > ${page.after ?? ''}
    order by share.principal_id limit ${page.limit}`.execute(tx.db);
  return rows;
}

export async function findCollaborator(
  tx: InstitutionTx,
  audienceId: string,
  principalId: string,
): Promise<CollaboratorRow | undefined> {
  const { rows } = await sql<CollaboratorRow>`
    select share.*, granted.kind, granted.name
    from audience_share share left join ${knownPrincipals(tx)} granted
      on granted.id = share.principal_id and granted.is_granted
    where share.institution_id = ${tx.institutionId} and share.audience_id = ${audienceId}
      and share.principal_id = ${principalId}`.execute(tx.db);
  return rows[0];
}
