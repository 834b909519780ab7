import { sql } from 'kysely';
import type { Database, InstitutionTx } from '../../../db/transaction.ts';
import type { LoadCounts } from '../loads/load-kind.ts';
import { countChanges, setBulkMemory } from '../loads/load-stage-store.ts';
import type { Spool } from '../loads/spool.ts';
import { fieldMask } from './account-fields.ts';
import { accountRowColumns, refusedAccountColumns } from './account-reading.ts';

/** Brings the spool into temporary tables. Nothing is locked yet: this disturbs nobody. */
export async function stageAccounts(database: Database, tx: InstitutionTx, spool: Spool): Promise<void> {
  await setBulkMemory(tx);
  await sql`create temporary table load_account (
    line integer not null, account_token uuid not null, given smallint not null, core_customer_id text collate "C",
    product_type text, balance bigint, opened_on date, closed_on date) on commit drop`.execute(tx.db);
  await sql`create temporary table load_refused_account (account_token uuid not null) on commit drop`.execute(tx.db);
  await database.bulkCopy(tx, { table: 'load_account', columns: accountRowColumns }, spool.chunks('rows'));
  await database.bulkCopy(
    tx,
    { table: 'load_refused_account', columns: refusedAccountColumns },
    spool.chunks('refusedKeys'),
  );
  await sql`analyze load_account, load_refused_account`.execute(tx.db);
}

/** Finds the owners: a row of `load_holding` an account and owner, without an ordinal where nobody has that id. */
export async function resolveOwners(tx: InstitutionTx): Promise<void> {
  await sql`create temporary table load_holding on commit drop as
    select r.line, r.account_token, c.ordinal, r.given, r.product_type, r.balance, r.opened_on, r.closed_on
    from load_account r
    left join customer c on c.institution_id = ${tx.institutionId} and c.core_customer_id = r.core_customer_id`.execute(
    tx.db,
  );
  await sql`analyze load_holding`.execute(tx.db);
}

const given = (field: Parameters<typeof fieldMask>[0][number]) => sql.lit(fieldMask([field]));

/** Fills in what rows do not say from what is stored: values, and owners where they have no such column. */
export async function mergeStored(tx: InstitutionTx): Promise<void> {
  await sql`create temporary table load_stored on commit drop as
    select a.account_token, a.ordinal, a.product_type, a.balance, a.opened_on, a.closed_on from account a
    where a.institution_id = ${tx.institutionId}
      and a.account_token in (select account_token from load_holding)`.execute(tx.db);
  await sql`analyze load_stored`.execute(tx.db);
  await sql`update load_holding h set
      product_type = case when h.given & ${given('productType')} = 0 then s.product_type else h.product_type end,
      balance = case when h.given & ${given('balance')} = 0 then s.balance else h.balance end,
      opened_on = case when h.given & ${given('openedOn')} = 0 then s.opened_on else h.opened_on end,
      closed_on = case when h.given & ${given('closedOn')} = 0 then s.closed_on else h.closed_on end
    from (select distinct on (account_token) * from load_stored order by account_token) s
    where s.account_token = h.account_token`.execute(tx.db);
  await sql`insert into load_holding
    select h.line, h.account_token, s.ordinal, h.given, h.product_type, h.balance, h.opened_on, h.closed_on
    from load_holding h join load_stored s on s.account_token = h.account_token
    where h.given & ${given('coreCustomerIds')} = 0`.execute(tx.db);
  // Where nothing is stored the row that stood for the owners stays, and shows that there is none.
  await sql`delete from load_holding h using load_stored s
    where s.account_token = h.account_token and h.ordinal is null
      and h.given & ${given('coreCustomerIds')} = 0`.execute(tx.db);
}

/** Says of each row of the file what it does: `load_change`, one row an account. */
export async function classifyAccounts(tx: InstitutionTx): Promise<LoadCounts> {
  await sql`create temporary table load_change on commit drop as
    with stored as (
      select a.account_token, count(*) as owner_count from account a
      where a.institution_id = ${tx.institutionId}
        and a.account_token in (select account_token from load_holding)
      group by a.account_token
    )
    select h.line, h.account_token, count(h.ordinal) < count(*) as has_unknown,
      case when count(h.ordinal) > 0 and s.owner_count is null then 'inserted'
        when count(h.ordinal) > 0 and count(a.ordinal) = count(h.ordinal) and s.owner_count = count(h.ordinal)
          then 'unchanged'
        when count(h.ordinal) > 0 then 'updated'
        when bool_or(h.given & ${given('coreCustomerIds')} = 0) then 'missingOwner'
        else 'unknownCustomer'
      end as change
    from load_holding h
    left join stored s on s.account_token = h.account_token
    left join account a on a.institution_id = ${tx.institutionId} and a.account_token = h.account_token
      and a.ordinal = h.ordinal
      and (a.product_type, a.balance, a.opened_on, a.closed_on)
        is not distinct from (h.product_type, h.balance, h.opened_on, h.closed_on)
    group by h.line, h.account_token, s.owner_count`.execute(tx.db);
  return await countChanges(tx);
}

/** A line of the file whose owners are not all in the base. */
export interface OwnerlessLine {
  readonly line: number;
  /** Why the row is refused; undefined = it stands, with the owners who are known. */
  readonly reason: 'missingOwner' | 'unknownCustomer' | undefined;
}

const linesPerFetch = 20_000;

export async function* listOwnerlessLines(tx: InstitutionTx): AsyncGenerator<readonly OwnerlessLine[]> {
  await sql`declare load_ownerless no scroll cursor for
    select line, case when change in ('missingOwner', 'unknownCustomer') then change end as reason
    from load_change where has_unknown`.execute(tx.db);
  for (;;) {
    const { rows } = await sql<{ line: number; reason: 'missingOwner' | 'unknownCustomer' | null }>`
      fetch ${sql.lit(linesPerFetch)} from load_ownerless`.execute(tx.db);
    if (rows.length === 0) break;
    yield rows.map(({ line, reason }) => ({ line, reason: reason ?? undefined }));
  }
  await sql`close load_ownerless`.execute(tx.db);
}

/** Finds the accounts that the file does not name. @returns how many they are, and of how many */
export async function findAbsentAccounts(tx: InstitutionTx): Promise<{ removedCount: number; accountCount: number }> {
  await sql`create temporary table load_removal on commit drop as
    select a.account_token from account a
    where a.institution_id = ${tx.institutionId}
      and not exists (select from load_change l where l.account_token = a.account_token)
      and not exists (select from load_refused_account k where k.account_token = a.account_token)
    group by a.account_token`.execute(tx.db);
  await sql`analyze load_removal`.execute(tx.db);
  const { rows } = await sql<{ removedCount: number; accountCount: number }>`
    select (select count(*)::integer from load_removal) as "removedCount",
      (select count(*)::integer from
        (select from account where institution_id = ${tx.institutionId} group by account_token) a) as "accountCount"`.execute(
    tx.db,
  );
  return rows[0] ?? { removedCount: 0, accountCount: 0 };
}

export async function noAbsentAccounts(tx: InstitutionTx): Promise<void> {
  await sql`create temporary table load_removal (account_token uuid not null) on commit drop`.execute(tx.db);
}
