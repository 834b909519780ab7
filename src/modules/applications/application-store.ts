import type { Selectable, Updateable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { AuthenticationTx, InstitutionTx, OperatorTx } from '../../db/transaction.ts';

/** With `institution_id` = the home, which manages it. */
export type ApplicationRow = Selectable<Tables['application']>;

/** Without the hash of its API key; of any home. */
export type SeenApplicationRow = Selectable<Tables['seen_application']>;

export type ApplicationChange = Omit<
  Updateable<Tables['application']>,
  'institution_id' | 'id' | 'revision' | 'created_at' | 'created_by'
>;

/** An application that the institution manages, or that may act for it. */
export async function findApplication(tx: InstitutionTx, id: string): Promise<SeenApplicationRow | undefined> {
  return await tx.db
    .selectFrom('seen_application')
    .selectAll()
    .where('id', '=', id)
    .where((of) =>
      of.or([
        of('institution_id', '=', tx.institutionId),
        of.exists(
          of
            .selectFrom('application_grant')
            .select('application_grant.application_id')
            .where('application_grant.institution_id', '=', tx.institutionId)
            .whereRef('application_grant.application_id', '=', 'seen_application.id'),
        ),
      ]),
    )
    .executeTakeFirst();
}

/** Finds an application that the institution manages and keeps others from changing it until the transaction ends. */
export async function lockApplication(tx: InstitutionTx, id: string): Promise<ApplicationRow | undefined> {
  return await tx.db
    .selectFrom('application')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

/** By id alone, whatever its institution: for who authenticates, and for the operator. */
export async function findApplicationAnywhere(
  tx: AuthenticationTx | OperatorTx,
  id: string,
): Promise<ApplicationRow | undefined> {
  return await tx.db.selectFrom('application').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Every application, or those whose home is the institution, in the order of their names. */
export async function listEveryApplication(
  tx: OperatorTx,
  options: { institutionId?: string | undefined; limit: number },
): Promise<readonly ApplicationRow[]> {
  let query = tx.db.selectFrom('application').selectAll().orderBy('name_key').orderBy('id').limit(options.limit);
  if (options.institutionId !== undefined) query = query.where('institution_id', '=', options.institutionId);
  return await query.execute();
}

export async function insertApplication(tx: InstitutionTx | OperatorTx, row: ApplicationRow): Promise<void> {
  await tx.db
    .insertInto('application')
    .values({ ...row, jwks: row.jwks === null ? null : JSON.stringify(row.jwks) })
    .execute();
}

/** Changes an application that is locked, and its revision with it. */
export async function updateApplication(
  tx: InstitutionTx,
  application: Pick<ApplicationRow, 'id' | 'revision'>,
  change: ApplicationChange,
): Promise<ApplicationRow> {
  return await tx.db
    .updateTable('application')
    .set({ ...change, revision: application.revision + 1 })
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', application.id)
    .where('revision', '=', application.revision)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** With its secrets and its grants. */
export async function deleteApplication(tx: InstitutionTx, id: string): Promise<void> {
  await tx.db.deleteFrom('application').where('institution_id', '=', tx.institutionId).where('id', '=', id).execute();
}
