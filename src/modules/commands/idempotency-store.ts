import type { Selectable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';

export type IdempotencyRow = Selectable<Tables['idempotency_record']>;

export interface IdempotencyRef {
  readonly principalId: string;
  readonly key: string;
  readonly claimId: string;
}

/** @returns false when a record of this key exists already */
export async function insertRecord(tx: InstitutionTx, row: IdempotencyRow): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('idempotency_record')
    .values(row)
    .onConflict((conflict) => conflict.columns(['institution_id', 'principal_id', 'key']).doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

export async function findRecordForUpdate(
  tx: InstitutionTx,
  ref: { principalId: string; key: string },
): Promise<IdempotencyRow | undefined> {
  return await tx.db
    .selectFrom('idempotency_record')
    .selectAll()
    .where('institution_id', '=', tx.institutionId)
    .where('principal_id', '=', ref.principalId)
    .where('key', '=', ref.key)
    .forUpdate()
    .executeTakeFirst();
}

/** Replaces a record whose owner died or whose time has passed. */
export async function takeOverRecord(tx: InstitutionTx, row: IdempotencyRow): Promise<void> {
  await tx.db
    .updateTable('idempotency_record')
    .set(row)
    .where('institution_id', '=', tx.institutionId)
    .where('principal_id', '=', row.principal_id)
    .where('key', '=', row.key)
    .execute();
}

/** @returns false when the claim has lost the record to another */
export async function updateOwnRecord(
  tx: InstitutionTx,
  ref: IdempotencyRef,
  change: Partial<Pick<IdempotencyRow, 'state' | 'lease_until' | 'request_digest' | 'sealed_response' | 'expires_at'>>,
): Promise<boolean> {
  const updated = await tx.db
    .updateTable('idempotency_record')
    .set(change)
    .where('institution_id', '=', tx.institutionId)
    .where('principal_id', '=', ref.principalId)
    .where('key', '=', ref.key)
    .where('claim_id', '=', ref.claimId)
    .where('state', '=', 'running')
    .executeTakeFirst();
  return updated.numUpdatedRows === 1n;
}

export async function deleteOwnRecord(tx: InstitutionTx, ref: IdempotencyRef): Promise<void> {
  await tx.db
    .deleteFrom('idempotency_record')
    .where('institution_id', '=', tx.institutionId)
    .where('principal_id', '=', ref.principalId)
    .where('key', '=', ref.key)
    .where('claim_id', '=', ref.claimId)
    .where('state', '=', 'running')
    .execute();
}

export async function deleteExpiredRecords(tx: OperatorTx, at: Date): Promise<void> {
  await tx.db.deleteFrom('idempotency_record').where('expires_at', '<', at).execute();
}
