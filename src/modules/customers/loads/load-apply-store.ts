import { sql } from 'kysely';
import type { Database, InstitutionTx } from '../../../db/transaction.ts';
import { clearColumns } from './row-batch.ts';

/** Their tokens are made on the event loop: three milliseconds at a time. */
const removalsPerFetch = 5_000;

/** What a load writes of a customer, besides ordinal, id and key. */
const loadedColumns = [...clearColumns, 'profile', 'identifiers', 'row_fingerprint'] as const;

const columnList = (prefix = '') => sql.raw(loadedColumns.map((column) => `${prefix}${column}`).join(', '));

/** New and returned customers. The join reads the file in its order, which is that of the new ordinals. */
export async function insertCustomers(tx: InstitutionTx): Promise<void> {
  await sql`insert into customer (institution_id, ordinal, id, core_customer_id, ${columnList()})
    select ${tx.institutionId}, l.ordinal, r.id, r.core_customer_id, ${columnList('r.')}
    from load_row r join load_change l on l.line = r.line
    where l.change in ('inserted', 'returned')`.execute(tx.db);
}

/** Changed customers keep ordinal and id. Their tokens go; `insertIdentifiers` writes the new ones. */
export async function updateCustomers(tx: InstitutionTx): Promise<void> {
  await sql`update customer c set (${columnList()}) = row(${columnList('r.')})
    from load_row r join load_change l on l.line = r.line
    where l.change = 'updated' and c.institution_id = ${tx.institutionId} and c.ordinal = l.ordinal`.execute(tx.db);
  await sql`delete from customer_identifier i using load_change l
    where l.change = 'updated' and i.institution_id = ${tx.institutionId} and i.ordinal = l.ordinal`.execute(tx.db);
}

/** The tokens of who is new or changed, in the order of the primary key: written at random it takes twice as long. */
export async function insertIdentifiers(tx: InstitutionTx): Promise<void> {
  await sql`insert into customer_identifier (institution_id, identifier_type, key_generation, token, ordinal)
    select ${tx.institutionId}, i.identifier_type, i.key_generation, i.token, l.ordinal
    from load_identifier i join load_change l on l.line = i.line
    where l.change <> 'unchanged'
    order by i.identifier_type, i.key_generation, i.token, l.ordinal`.execute(tx.db);
}

/** Who is back is no longer departed. */
export async function deleteReturned(tx: InstitutionTx): Promise<void> {
  await sql`delete from departed_customer d using load_row r join load_change l on l.line = r.line
    where l.change = 'returned' and d.institution_id = ${tx.institutionId}
      and d.core_customer_token = r.departed_token`.execute(tx.db);
}

/** Deletes who is absent: rows, envelopes, tokens, measures and parts in accounts. */
export async function deleteAbsent(tx: InstitutionTx): Promise<void> {
  for (const table of ['customer_identifier', 'customer_measure', 'account', 'customer']) {
    await sql`delete from ${sql.table(table)} t using load_removal g
      where t.institution_id = ${tx.institutionId} and t.ordinal = g.ordinal`.execute(tx.db);
  }
}

/** Who is absent, some thousands at a time. */
export async function* listAbsent(
  tx: InstitutionTx,
): AsyncGenerator<{ ordinals: number[]; coreCustomerIds: string[] }> {
  await sql`declare load_absent no scroll cursor for select ordinal, core_customer_id from load_removal`.execute(tx.db);
  for (;;) {
    const { rows } = await sql<{ ordinal: number; core_customer_id: string }>`
      fetch ${sql.lit(removalsPerFetch)} from load_absent`.execute(tx.db);
    if (rows.length === 0) break;
    yield { ordinals: rows.map((row) => row.ordinal), coreCustomerIds: rows.map((row) => row.core_customer_id) };
  }
  await sql`close load_absent`.execute(tx.db);
}

/** Remembers who left. `chunks`: binary COPY rows (token uuid). */
export async function insertDepartedTokens(
  database: Database,
  tx: InstitutionTx,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  await sql`create temporary table load_departed (token uuid not null) on commit drop`.execute(tx.db);
  await database.bulkCopy(tx, { table: 'load_departed', columns: ['token'] }, chunks);
  await sql`insert into departed_customer (institution_id, core_customer_token)
    select ${tx.institutionId}, token from load_departed on conflict do nothing`.execute(tx.db);
}
