import type { Selectable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { AuthenticationTx, OperatorTx } from '../../db/transaction.ts';

export type OidcRecordRow = Selectable<Tables['oidc_record']>;
export type OidcRecordKey = Pick<OidcRecordRow, 'kind' | 'id_hash'>;

/** A deletion holds its locks this short. */
export const deletedRowsMax = 10_000;

export async function findOidcRecord(tx: AuthenticationTx, key: OidcRecordKey): Promise<OidcRecordRow | undefined> {
  return await tx.db
    .selectFrom('oidc_record')
    .selectAll()
    .where('kind', '=', key.kind)
    .where('id_hash', '=', key.id_hash)
    .executeTakeFirst();
}

/** The newest: a session that got another id is there twice for a moment. */
export async function findOidcRecordByUid(
  tx: AuthenticationTx,
  { kind, uidHash }: { kind: string; uidHash: Buffer },
): Promise<OidcRecordRow | undefined> {
  return await tx.db
    .selectFrom('oidc_record')
    .selectAll()
    .where('kind', '=', kind)
    .where('uid_hash', '=', uidHash)
    .orderBy('expires_at', 'desc')
    .orderBy('id_hash')
    .limit(1)
    .executeTakeFirst();
}

/** Whether it was used stays as it is: a record that is written again does not become new. */
export async function upsertOidcRecord(tx: AuthenticationTx, row: Omit<OidcRecordRow, 'consumed_at'>): Promise<void> {
  const { sealed, grant_hash, uid_hash, person_hash, expires_at } = row;
  await tx.db
    .insertInto('oidc_record')
    .values({ ...row, consumed_at: null })
    .onConflict((conflict) =>
      conflict.columns(['kind', 'id_hash']).doUpdateSet({ sealed, grant_hash, uid_hash, person_hash, expires_at }),
    )
    .execute();
}

/** @returns false when it is there already */
export async function insertOidcRecord(
  tx: AuthenticationTx,
  row: Omit<OidcRecordRow, 'consumed_at'>,
): Promise<boolean> {
  const inserted = await tx.db
    .insertInto('oidc_record')
    .values({ ...row, consumed_at: null })
    .onConflict((conflict) => conflict.columns(['kind', 'id_hash']).doNothing())
    .returning('id_hash')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** @returns false when it was used before, or is not there: of two requests at once one gets true */
export async function consumeOidcRecord(tx: AuthenticationTx, key: OidcRecordKey, at: Date): Promise<boolean> {
  const consumed = await tx.db
    .updateTable('oidc_record')
    .set({ consumed_at: at })
    .where('kind', '=', key.kind)
    .where('id_hash', '=', key.id_hash)
    .where('consumed_at', 'is', null)
    .executeTakeFirst();
  return consumed.numUpdatedRows === 1n;
}

export async function deleteOidcRecord(tx: AuthenticationTx, key: OidcRecordKey): Promise<void> {
  await tx.db.deleteFrom('oidc_record').where('kind', '=', key.kind).where('id_hash', '=', key.id_hash).execute();
}

export async function deleteOidcRecordsOfGrant(
  tx: AuthenticationTx,
  { kind, grantHash }: { kind: string; grantHash: Buffer },
): Promise<void> {
  await tx.db.deleteFrom('oidc_record').where('kind', '=', kind).where('grant_hash', '=', grantHash).execute();
}

/** The grant itself and everything that was given out under it. */
export async function deleteOidcGrant(tx: AuthenticationTx, grantHash: Buffer): Promise<void> {
  await tx.db
    .deleteFrom('oidc_record')
    .where((of) => of.or([of('grant_hash', '=', grantHash), of('id_hash', '=', grantHash)]))
    .execute();
}

/** What still works, the newest first. */
export async function listOidcRecordsOfPerson(
  tx: AuthenticationTx,
  of: { kind: string; personHash: Buffer; now: Date; limit: number },
): Promise<readonly OidcRecordRow[]> {
  return await tx.db
    .selectFrom('oidc_record')
    .selectAll()
    .where('person_hash', '=', of.personHash)
    .where('kind', '=', of.kind)
    .where('consumed_at', 'is', null)
    .where('expires_at', '>', of.now)
    .orderBy('expires_at', 'desc')
    .orderBy('id_hash')
    .limit(of.limit)
    .execute();
}

export async function deleteOidcRecordsByUid(
  tx: AuthenticationTx,
  { kind, uidHash }: { kind: string; uidHash: Buffer },
): Promise<void> {
  await tx.db.deleteFrom('oidc_record').where('kind', '=', kind).where('uid_hash', '=', uidHash).execute();
}

/** @returns how many; at most 10,000 at once */
export async function deleteExpiredOidcRecords(tx: OperatorTx, before: Date): Promise<number> {
  const deleted = await tx.db
    .deleteFrom('oidc_record')
    .where((of) =>
      of(
        of.refTuple('kind', 'id_hash'),
        'in',
        of
          .selectFrom('oidc_record')
          .select(['kind', 'id_hash'])
          .where('expires_at', '<', before)
          .orderBy('expires_at')
          .orderBy('id_hash')
          .limit(deletedRowsMax)
          .$asTuple('kind', 'id_hash'),
      ),
    )
    .executeTakeFirst();
  return Number(deleted.numDeletedRows);
}
