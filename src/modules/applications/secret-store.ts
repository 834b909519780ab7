import type { Selectable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { AuthenticationTx, InstitutionTx, OperatorTx } from '../../db/transaction.ts';

export type SecretRow = Selectable<Tables['application_secret']>;

/** Two are valid at most; those that have expired go with the next one that is made. */
const rowsMax = 10;

/** Secrets of an application, the newest first, expired ones too. */
export async function listSecrets(
  tx: InstitutionTx | AuthenticationTx | OperatorTx,
  application: { institution_id: string; id: string },
): Promise<readonly SecretRow[]> {
  return await tx.db
    .selectFrom('application_secret')
    .selectAll()
    .where('institution_id', '=', application.institution_id)
    .where('application_id', '=', application.id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(rowsMax)
    .execute();
}

export async function insertSecret(tx: InstitutionTx | OperatorTx, row: SecretRow): Promise<void> {
  await tx.db.insertInto('application_secret').values(row).execute();
}

/** Lets the valid secrets of an application end at this time, unless they end before it. */
export async function limitSecrets(tx: InstitutionTx, applicationId: string, expiresAt: Date): Promise<void> {
  await tx.db
    .updateTable('application_secret')
    .set({ expires_at: expiresAt })
    .where('institution_id', '=', tx.institutionId)
    .where('application_id', '=', applicationId)
    .where((of) => of.or([of('expires_at', 'is', null), of('expires_at', '>', expiresAt)]))
    .execute();
}

/** @returns false when there was none */
export async function deleteSecret(tx: InstitutionTx, ref: { applicationId: string; id: string }): Promise<boolean> {
  const deleted = await tx.db
    .deleteFrom('application_secret')
    .where('institution_id', '=', tx.institutionId)
    .where('application_id', '=', ref.applicationId)
    .where('id', '=', ref.id)
    .executeTakeFirst();
  return deleted.numDeletedRows === 1n;
}

export async function deleteExpiredSecrets(tx: InstitutionTx, applicationId: string, at: Date): Promise<void> {
  await tx.db
    .deleteFrom('application_secret')
    .where('institution_id', '=', tx.institutionId)
    .where('application_id', '=', applicationId)
    .where('expires_at', '<=', at)
    .execute();
}

export async function deleteSecrets(tx: InstitutionTx, applicationId: string): Promise<number> {
  const deleted = await tx.db
    .deleteFrom('application_secret')
    .where('institution_id', '=', tx.institutionId)
    .where('application_id', '=', applicationId)
    .executeTakeFirst();
  return Number(deleted.numDeletedRows);
}
