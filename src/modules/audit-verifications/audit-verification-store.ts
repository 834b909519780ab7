import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import { type NewestFirstPage, newestFirst } from '../../db/newest-first.ts';
import type { Tables } from '../../db/tables.ts';
import type { InstitutionTx } from '../../db/transaction.ts';

export type VerificationRow = Selectable<Tables['audit_verification']>;
export type VerificationChange = Updateable<Tables['audit_verification']>;
type NewVerification = Pick<
  Insertable<Tables['audit_verification']>,
  'id' | 'created_at' | 'created_by' | 'created_by_kind' | 'lease_until'
>;

/** @returns undefined when one runs */
export async function insertVerification(
  tx: InstitutionTx,
  verification: NewVerification,
): Promise<VerificationRow | undefined> {
  // The predicate must be the index's own text: with parameters PostgreSQL does not find the index.
  const { rows } = await sql<VerificationRow>`
    insert into audit_verification (institution_id, id, state, created_at, created_by, created_by_kind, lease_until)
    values (${tx.institutionId}, ${verification.id}, 'running', ${verification.created_at},
      ${verification.created_by}, ${verification.created_by_kind}, ${verification.lease_until})
    on conflict (institution_id) where state = 'running' do nothing
    returning *`.execute(tx.db);
  return rows[0];
}

export async function findVerification(tx: InstitutionTx, id: string): Promise<VerificationRow | undefined> {
  return await ofInstitution(tx).selectAll().where('id', '=', id).executeTakeFirst();
}

export async function findRunningVerification(tx: InstitutionTx): Promise<VerificationRow | undefined> {
  return await ofInstitution(tx).selectAll().where('state', '=', 'running').executeTakeFirst();
}

/** @returns whether it still runs */
export async function updateRunningVerification(
  tx: InstitutionTx,
  id: string,
  change: VerificationChange,
): Promise<boolean> {
  const { numUpdatedRows } = await tx.db
    .updateTable('audit_verification')
    .set(change)
    .where('institution_id', '=', tx.institutionId)
    .where('id', '=', id)
    .where('state', '=', 'running')
    .executeTakeFirstOrThrow();
  return numUpdatedRows === 1n;
}

/** Ends one that nobody works on any more: its process has died. */
export async function endAbandonedVerification(tx: InstitutionTx, at: Date): Promise<void> {
  await tx.db
    .updateTable('audit_verification')
    .set({ state: 'failed', finished_at: at })
    .where('institution_id', '=', tx.institutionId)
    .where('state', '=', 'running')
    .where('lease_until', '<', at)
    .execute();
}

/** The verifications of the institution, newest first, and how many there are under the filter. */
export async function listVerifications(
  tx: InstitutionTx,
  states: readonly VerificationRow['state'][] | undefined,
  page: NewestFirstPage,
): Promise<{ rows: VerificationRow[]; count: number }> {
  const filtered = ofInstitution(tx).$if(states !== undefined, (query) =>
    query.where('state', 'in', [...(states ?? [])]),
  );
  return await newestFirst(tx, filtered.selectAll(), page);
}

function ofInstitution(tx: InstitutionTx) {
  return tx.db.selectFrom('audit_verification').where('institution_id', '=', tx.institutionId);
}
