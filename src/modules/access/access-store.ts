import type { Selectable } from 'kysely';
import type { Tables } from '../../db/tables.ts';
import type { AuthenticationTx, OperatorTx } from '../../db/transaction.ts';

export type AccessTokenRow = Selectable<Tables['access_token']>;

export async function insertAccessToken(tx: OperatorTx, row: AccessTokenRow): Promise<void> {
  await tx.db.insertInto('access_token').values(row).execute();
}

export async function findAccessToken(tx: AuthenticationTx, tokenHash: Buffer): Promise<AccessTokenRow | undefined> {
  return await tx.db.selectFrom('access_token').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
}
