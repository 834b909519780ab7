import { sql } from 'kysely';
import type { InstitutionTx, OperatorTx } from '../../../db/transaction.ts';

/** Writes what the file says of accounts that are new or changed, and removes those that it does not name. */
export async function applyAccounts(tx: InstitutionTx): Promise<void> {
  await sql`delete from account a using load_change l
    where l.change = 'updated' and a.institution_id = ${tx.institutionId}
      and a.account_token = l.account_token`.execute(tx.db);
  await sql`delete from account a using load_removal g
    where a.institution_id = ${tx.institutionId} and a.account_token = g.account_token`.execute(tx.db);
  // In the order of the primary key: written at random it takes twice as long.
  await sql`insert into account
      (institution_id, account_token, ordinal, product_type, balance, opened_on, closed_on)
    select ${tx.institutionId}, h.account_token, h.ordinal, h.product_type, h.balance, h.opened_on, h.closed_on
    from load_holding h join load_change l on l.line = h.line
    where l.change in ('inserted', 'updated') and h.ordinal is not null
    order by h.account_token, h.ordinal`.execute(tx.db);
}

/**
 * Tells the planner how the tables look now: the embedded engine has nobody else who would do it, and on a server an
 * import may come before the next turn of autovacuum.
 */
export async function analyzeAccounts(tx: OperatorTx): Promise<void> {
  await sql`analyze account, customer_measure`.execute(tx.db);
}
