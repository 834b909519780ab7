import { sql } from 'kysely';
import type { OperatorTx } from '../../db/transaction.ts';

/** What the database says of itself, e.g. `15.14`. */
export async function findServerVersion(tx: OperatorTx): Promise<string> {
  const { rows } = await sql<{ version: string }>`select current_setting('server_version') as version`.execute(tx.db);
  return rows[0]?.version ?? 'unknown';
}
