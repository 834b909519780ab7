import { sql } from 'kysely';
import type { Database, InstitutionTx } from '../../../db/transaction.ts';
import type { LoadCounts } from './load-kind.ts';
import type { LoadSummary } from './load-protocol.ts';
import { identifierColumns, refusedKeyColumns, rowColumns } from './row-batch.ts';
import type { Spool } from './spool.ts';

/**
 * Memory of the joins and sorts, in this transaction only. With the default 4 MB a load of millions sorts on disk in
 * hundreds of runs; parallel workers would each take as much again (design section 5).
 */
const workMem = '256MB';

export async function setBulkMemory(tx: InstitutionTx): Promise<void> {
  await sql`select set_config('work_mem', ${workMem}, true), set_config('max_parallel_workers_per_gather', '0', true),
    set_config('jit', 'off', true)`.execute(tx.db);
}

/** Brings the spool into temporary tables. Nothing is locked yet: this takes the longest and disturbs nobody. */
export async function stageSpool(
  database: Database,
  tx: InstitutionTx,
  staged: { spool: Spool; summary: LoadSummary },
): Promise<void> {
  await setBulkMemory(tx);
  await sql`create temporary table load_row (
    line integer not null, core_customer_id text collate "C" not null, id text collate "C" not null,
    customer_type text not null, region_code text, postal_code text, birth_year smallint, customer_since date,
    branch text, last_login_at timestamptz, online_banking_enrolled boolean, electronic_statements boolean,
    consent_email boolean, consent_sms boolean, consent_phone boolean, consent_mail boolean,
    has_email_address boolean not null, has_phone_number boolean not null, attributes jsonb not null,
    row_fingerprint uuid not null, departed_token uuid not null, is_merged boolean not null, base_fingerprint uuid,
    profile bytea not null, identifiers bytea not null) on commit drop`.execute(tx.db);
  await sql`create temporary table load_identifier (
    line integer not null, identifier_type smallint not null, key_generation smallint not null, token uuid not null
    ) on commit drop`.execute(tx.db);
  await sql`create temporary table load_refused_key (core_customer_id text collate "C" not null) on commit drop`.execute(
    tx.db,
  );
  // Compressing sealed bytes costs time and gains nothing.
  await sql`alter table load_row alter column profile set storage external, alter column identifiers set storage external`.execute(
    tx.db,
  );
  const { spool } = staged;
  await database.bulkCopy(tx, { table: 'load_row', columns: rowColumns }, spool.chunks('rows'));
  await database.bulkCopy(tx, { table: 'load_identifier', columns: identifierColumns }, spool.chunks('links'));
  await database.bulkCopy(tx, { table: 'load_refused_key', columns: refusedKeyColumns }, spool.chunks('refusedKeys'));
  await sql`analyze load_row, load_identifier, load_refused_key`.execute(tx.db);
}

/** Whether a row that keeps something of what was stored found that changed since it was read. */
export async function hasStaleRows(tx: InstitutionTx): Promise<boolean> {
  const { rows } = await sql<{ stale: boolean }>`
    select exists (
      select from load_row r
      left join customer c on c.institution_id = ${tx.institutionId} and c.core_customer_id = r.core_customer_id
      where r.is_merged and r.base_fingerprint is distinct from c.row_fingerprint
    ) as stale`.execute(tx.db);
  return rows[0]?.stale ?? false;
}

/**
 * Says of each staged row what it does, and gives the new ones their ordinals, from `nextOrdinal` on in the order of
 * the file (a core system writes its file by key, so this is the order of the keys as well).
 */
export async function classifyRows(tx: InstitutionTx, nextOrdinal: number): Promise<LoadCounts> {
  await sql`create temporary table load_change on commit drop as
    select r.line,
      case when c.ordinal is not null then c.ordinal
        else ${nextOrdinal} - 1 + (row_number() over (partition by c.ordinal is null order by r.line))::integer
      end as ordinal,
      case when c.ordinal is null and d.core_customer_token is null then 'inserted'
        when c.ordinal is null then 'returned'
        when c.row_fingerprint = r.row_fingerprint then 'unchanged'
        else 'updated'
      end as change
    from load_row r
    left join customer c on c.institution_id = ${tx.institutionId} and c.core_customer_id = r.core_customer_id
    left join departed_customer d on d.institution_id = ${tx.institutionId} and d.core_customer_token = r.departed_token
      and c.ordinal is null`.execute(tx.db);
  return await countChanges(tx);
}

/** How many rows of `load_change` do what. */
export async function countChanges(tx: InstitutionTx): Promise<LoadCounts> {
  await sql`analyze load_change`.execute(tx.db);
  const { rows } = await sql<{ change: string; count: number }>`
    select change, count(*)::integer as count from load_change group by change`.execute(tx.db);
  const countOf = (change: string) => rows.find((row) => row.change === change)?.count ?? 0;
  return {
    insertedCount: countOf('inserted'),
    updatedCount: countOf('updated'),
    unchangedCount: countOf('unchanged'),
    returnedCount: countOf('returned'),
  };
}

/**
 * Finds who is absent from the file: neither a row that stands nor a refused row names them.
 *
 * @returns how many they are, and of how many
 */
export async function findAbsent(tx: InstitutionTx): Promise<{ removedCount: number; customerCount: number }> {
  await sql`create temporary table load_removal on commit drop as
    select c.ordinal, c.core_customer_id from customer c
    where c.institution_id = ${tx.institutionId}
      and not exists (select from load_row r where r.core_customer_id = c.core_customer_id)
      and not exists (select from load_refused_key k where k.core_customer_id = c.core_customer_id)`.execute(tx.db);
  await sql`analyze load_removal`.execute(tx.db);
  const { rows } = await sql<{ removedCount: number; customerCount: number }>`
    select (select count(*)::integer from load_removal) as "removedCount",
      (select count(*)::integer from customer where institution_id = ${tx.institutionId}) as "customerCount"`.execute(
    tx.db,
  );
  return rows[0] ?? { removedCount: 0, customerCount: 0 };
}
