import type { Database } from '../../db/transaction.ts';
import { deletedRowsMax, deleteExpiredOidcRecords } from './issuer-store.ts';

/** What has ended is told apart from what never was for this long: clocks of servers differ. */
const keptMs = 60_000;

/** Deletes what the issuer no longer needs, in short transactions. */
export async function deleteEndedOidcRecords(database: Pick<Database, 'asOperator'>, now: Date): Promise<void> {
  const before = new Date(now.getTime() - keptMs);
  let deleted: number;
  do {
    deleted = await database.asOperator((tx) => deleteExpiredOidcRecords(tx, before));
  } while (deleted === deletedRowsMax);
}
