import { sql } from 'kysely';
import type { OperatorTx } from '../../../db/transaction.ts';

/**
 * Tells the planner how the base looks now. The embedded engine has nobody else who would do it, and on a server an
 * import may come before the next turn of autovacuum, with a plan for an empty table.
 */
export async function analyzeCustomers(tx: OperatorTx): Promise<void> {
  await sql`analyze customer, customer_identifier`.execute(tx.db);
}
