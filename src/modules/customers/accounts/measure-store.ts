import { sql } from 'kysely';
import type { InstitutionTx } from '../../../db/transaction.ts';
import { depositTypes, loanTypes, type ProductType, productMask, productTypes } from './product-types.ts';

/** Sums beyond this are cut off: sixteen digits of cents fit a bigint a thousand times over, a file of them might not. */
const sumMax = 10n ** 18n - 1n;

/**
 * Collects whose measures a load changes, before it changes accounts: owners of accounts that come, change or go, and
 * whoever has an account that was counted and is closed by now.
 *
 * @param today UTC, `YYYY-MM-DD`
 * @returns how many have such an account that is closed by now
 */
export async function collectAffected(tx: InstitutionTx, today: string): Promise<number> {
  await sql`create temporary table load_affected on commit drop as
    select h.ordinal from load_holding h join load_change l on l.line = h.line
      where l.change in ('inserted', 'updated') and h.ordinal is not null
    union
    select a.ordinal from account a join load_change l on l.account_token = a.account_token
      where a.institution_id = ${tx.institutionId} and l.change = 'updated'
    union
    select a.ordinal from account a join load_removal g on g.account_token = a.account_token
      where a.institution_id = ${tx.institutionId}
    union
    select ordinal from customer_measure
      where institution_id = ${tx.institutionId} and changes_on <= ${today}::date`.execute(tx.db);
  await sql`analyze load_affected`.execute(tx.db);
  const { rows } = await sql<{ count: number }>`select count(*)::integer as count from customer_measure
    where institution_id = ${tx.institutionId} and changes_on <= ${today}::date`.execute(tx.db);
  return rows[0]?.count ?? 0;
}

const isOneOf = (types: readonly ProductType[]) =>
  sql`a.product_type in (${sql.join(types.map((type) => sql.lit(type)))})`;
const bitOf = sql`case a.product_type ${sql.join(
  productTypes.map((type) => sql`when ${sql.lit(type)} then ${sql.lit(productMask([type]))}`),
  sql` `,
)} else 0 end`;

/** 0 without such accounts; null when the balance of one is not known, for then the sum is not either. */
const sumOf = (types: readonly ProductType[]) => sql`case
  when bool_or(${isOneOf(types)} and a.balance is null) then null
  else greatest(least(coalesce(sum(a.balance) filter (where ${isOneOf(types)}), 0), ${sql.lit(String(sumMax))}::numeric),
    -${sql.lit(String(sumMax))}::numeric)::bigint end`;

/** Makes the measures of `load_affected` anew from the accounts that are open after `today`. */
export async function renewMeasures(tx: InstitutionTx, today: string): Promise<void> {
  await sql`delete from customer_measure m using load_affected f
    where m.institution_id = ${tx.institutionId} and m.ordinal = f.ordinal`.execute(tx.db);
  await sql`insert into customer_measure (institution_id, ordinal, account_count, product_types, total_deposits,
      total_loans, oldest_account_opened_on, newest_account_opened_on, changes_on)
    select ${tx.institutionId}, a.ordinal, count(*)::integer, bit_or(${bitOf})::smallint, ${sumOf(depositTypes)},
      ${sumOf(loanTypes)}, min(a.opened_on), max(a.opened_on), min(a.closed_on)
    from account a join load_affected f on f.ordinal = a.ordinal
    where a.institution_id = ${tx.institutionId} and (a.closed_on is null or a.closed_on > ${today}::date)
    group by a.ordinal order by a.ordinal`.execute(tx.db);
}
