import type { AuthenticationTx, InstitutionTx, OperatorTx } from '../../db/transaction.ts';

/** An application may act for this many institutions; each change of it reads them all. */
export const grantsMax = 100;

/**
 * The institutions that an application may act for, in order. In a transaction of another institution than its home
 * only that one, if it is among them: who else uses an application is the home's to know.
 */
export async function listGrants(
  tx: InstitutionTx | AuthenticationTx | OperatorTx,
  applicationId: string,
): Promise<readonly string[]> {
  const grants = await listGrantsOf(tx, [applicationId]);
  return grants.get(applicationId) ?? [];
}

/** The same of several applications at once. */
export async function listGrantsOf(
  tx: InstitutionTx | AuthenticationTx | OperatorTx,
  applicationIds: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const grants = new Map<string, string[]>(applicationIds.map((id) => [id, []]));
  if (applicationIds.length === 0) return grants;
  let query = tx.db
    .selectFrom('application_grant')
    .select(['application_id', 'institution_id'])
    .where('application_id', 'in', [...applicationIds])
    .orderBy('application_id')
    .orderBy('institution_id')
    .limit(applicationIds.length * grantsMax);
  if (tx.kind === 'institution') {
    const { institutionId } = tx;
    query = query.where((of) =>
      of.or([of('institution_id', '=', institutionId), of('home_institution_id', '=', institutionId)]),
    );
  }
  for (const row of await query.execute()) grants.get(row.application_id)?.push(row.institution_id);
  return grants;
}

export async function insertGrants(
  tx: InstitutionTx | OperatorTx,
  application: { institution_id: string; id: string },
  grants: { institutionIds: readonly string[]; at: Date; by: string },
): Promise<void> {
  if (grants.institutionIds.length === 0) return;
  await tx.db
    .insertInto('application_grant')
    .values(
      grants.institutionIds.map((institutionId) => ({
        institution_id: institutionId,
        application_id: application.id,
        home_institution_id: application.institution_id,
        created_at: grants.at,
        created_by: grants.by,
      })),
    )
    .onConflict((conflict) => conflict.columns(['institution_id', 'application_id']).doNothing())
    .execute();
}

/** @returns how many there were */
export async function deleteGrants(
  tx: InstitutionTx,
  applicationId: string,
  institutionIds: readonly string[],
): Promise<number> {
  if (institutionIds.length === 0) return 0;
  const deleted = await tx.db
    .deleteFrom('application_grant')
    .where('application_id', '=', applicationId)
    .where('institution_id', 'in', [...institutionIds])
    .where((of) =>
      of.or([of('institution_id', '=', tx.institutionId), of('home_institution_id', '=', tx.institutionId)]),
    )
    .executeTakeFirst();
  return Number(deleted.numDeletedRows);
}
