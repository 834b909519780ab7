import { type Selectable, sql, type Updateable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { InstitutionTx } from '../../db/transaction.ts';
import type { AudienceViewer } from './audience-access.ts';
import { isVisible, seenCopyOf } from './sharing/audience-share-store.ts';

/** As found for a viewer: `copy_of_audience_id` is null also when they may not see that audience. */
export type AudienceRow = Selectable<Tables['audience']>;

/** @returns undefined also for an audience that the viewer may not see */
export async function findAudience(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  id: string,
): Promise<AudienceRow | undefined> {
  return await visibleAudience(tx, viewer, id).executeTakeFirst();
}

/** Those of some audiences that the viewer may see, by id, with their present versions. */
export async function listSeenAudiences(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  ids: readonly string[],
): Promise<Pick<AudienceRow, 'id' | 'version'>[]> {
  return await tx.db
    .selectFrom('audience')
    .select(['id', 'version'])
    .where('institution_id', '=', tx.institutionId)
    .where('id', 'in', [...ids])
    .where(isVisible(tx, viewer))
    .orderBy('id')
    .limit(ids.length)
    .execute();
}

/** One, as {@link findAudience} finds it, and keeps others from changing it until the transaction ends. */
export async function lockAudience(
  tx: InstitutionTx,
  viewer: AudienceViewer,
  id: string,
): Promise<AudienceRow | undefined> {
  return await visibleAudience(tx, viewer, id).forUpdate().executeTakeFirst();
}

function visibleAudience(tx: InstitutionTx, viewer: AudienceViewer, id: string) {
  return (
    tx.db
      .selectFrom('audience')
      .selectAll()
      // Of two columns of one name the later counts.
      .select(seenCopyOf(tx, viewer).as('copy_of_audience_id'))
      .where('institution_id', '=', tx.institutionId)
      .where('id', '=', id)
      .where(isVisible(tx, viewer))
  );
}

/** @returns false when an active audience has the name; the transaction stays usable */
export async function insertAudience(tx: InstitutionTx, row: AudienceRow): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('audience')
    .values(row)
    .onConflict((conflict) =>
      // As literals: an index condition with parameters names no index.
      conflict
        .columns(['institution_id', 'name_key'])
        .where('state', '=', sql.lit('active' as const))
        .doNothing(),
    )
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/** Changes an audience that is locked, and its revision with it. */
export async function updateAudience(
  tx: InstitutionTx,
  audience: AudienceRow,
  change: Omit<Updateable<Tables['audience']>, 'institution_id' | 'id' | 'revision'>,
): Promise<AudienceRow> {
  const changed = await tx.db
    .updateTable('audience')
    .set({ ...change, revision: audience.revision + 1 })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', audience.id)
    .where('revision', '=', audience.revision)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { ...changed, copy_of_audience_id: audience.copy_of_audience_id };
}

export async function deleteAudience(tx: InstitutionTx, id: string): Promise<void> {
  await tx.db.deleteFrom('audience').where('institution_id', '=', tx.institutionId).where('id', '=', id).execute();
}

/** Keeps these audiences from being deleted until the transaction ends. @returns how many of them are there */
export async function shareAudiences(tx: InstitutionTx, ids: readonly string[]): Promise<number> {
  const rows = await tx.db
    .selectFrom('audience')
    .select('id')
    .where('institution_id', '=', tx.institutionId)
    .where(sql<boolean>`id = any(${[...ids]}::text[])`)
    .orderBy('id')
    .limit(ids.length)
    .forShare()
    .execute();
  return rows.length;
}
