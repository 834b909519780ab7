import { type RawBuilder, sql } from 'kysely';
import { copyOut } from '../../db/copy-out.ts';
import type { InstitutionTx } from '../../db/transaction.ts';
import type { AttributeCoding, BuiltInColumn, ColumnName } from './engine/column-names.ts';
import type { BaseRef } from './engine/filter-protocol.ts';

/** Memory of the grouping, in this transaction only; parallel workers would each take as much again. */
const workMem = '256MB';
/** A group holds the records of 2^16 customers: under 2 MB a row with three columns. */
const ordinalsPerGroupLog2 = 16;

export type ColumnTable = 'customer' | 'customer_measure';

/** Where a column rests: a number as float8, exact up to 2^53, or a text. */
interface ColumnPlace {
  readonly table: ColumnTable;
  readonly value: RawBuilder<unknown>;
}

const customer = (value: RawBuilder<unknown>): ColumnPlace => ({ table: 'customer', value });
const measure = (value: RawBuilder<unknown>): ColumnPlace => ({ table: 'customer_measure', value });
const number = (column: string) => sql`${sql.ref(column)}::float8`;
const boolean = (column: string) => sql`${sql.ref(column)}::integer::float8`;
const day = (date: RawBuilder<unknown>) => sql`(${date} - date '1970-01-01')::float8`;

const places: Readonly<Record<BuiltInColumn, ColumnPlace>> = {
  // The places of the choices in the filter type.
  customerType: customer(sql`(case customer_type when 'retail' then 0 when 'business' then 1 end)::float8`),
  birthYear: customer(number('birth_year')),
  customerSince: customer(day(sql.ref('customer_since'))),
  hasEmailAddress: customer(boolean('has_email_address')),
  hasPhoneNumber: customer(boolean('has_phone_number')),
  consentEmail: customer(boolean('consent_email')),
  consentSms: customer(boolean('consent_sms')),
  consentPhone: customer(boolean('consent_phone')),
  consentMail: customer(boolean('consent_mail')),
  lastLoginOn: customer(day(sql`(last_login_at at time zone 'UTC')::date`)),
  onlineBankingEnrolled: customer(boolean('online_banking_enrolled')),
  electronicStatements: customer(boolean('electronic_statements')),
  regionCode: customer(sql.ref('region_code')),
  postalCode: customer(sql.ref('postal_code')),
  branch: customer(sql.ref('branch')),
  productTypes: measure(number('product_types')),
  accountCount: measure(number('account_count')),
  totalDeposits: measure(number('total_deposits')),
  totalLoans: measure(number('total_loans')),
  oldestAccountOpenedOn: measure(day(sql.ref('oldest_account_opened_on'))),
  newestAccountOpenedOn: measure(day(sql.ref('newest_account_opened_on'))),
};

const attributeValues: Readonly<Record<AttributeCoding, (text: RawBuilder<unknown>) => RawBuilder<unknown>>> = {
  integer: (text) => sql`(${text})::float8`,
  decimal: (text) => sql`round((${text})::numeric * 100)::float8`,
  date: (text) => day(sql`(${text})::date`),
  boolean: (text) => sql`(${text})::boolean::integer::float8`,
  text: (text) => text,
};

function placeOf(column: ColumnName): ColumnPlace {
  const builtIn = Object.entries(places).find(([name]) => name === column)?.[1];
  if (builtIn !== undefined) return builtIn;
  const [coding, id = ''] = column.split(':');
  const value = Object.entries(attributeValues).find(([name]) => name === coding)?.[1];
  if (value === undefined) throw new Error('there is no column of this coding');
  // Ids are made by us, and COPY takes no parameters; what a caller wrote never comes here.
  return customer(value(sql`attributes ->> ${sql.lit(id)}`));
}

/** The version of the base and of what is known about it, and who is gone from it. */
export async function findFilterBase(tx: InstitutionTx): Promise<BaseRef & { readonly customerVersion: number }> {
  const row = await tx.db
    .selectFrom('institution')
    .select(['customer_version', 'facts_version', 'next_ordinal', 'gone'])
    .where('id', '=', tx.institutionId)
    .executeTakeFirstOrThrow();
  return {
    institutionId: tx.institutionId,
    customerVersion: row.customer_version,
    factsVersion: row.facts_version,
    nextOrdinal: row.next_ordinal,
    gone: row.gone,
  };
}

/** What columns are kept by; the base is held still until the transaction ends. */
export async function shareFactsVersion(tx: InstitutionTx): Promise<number> {
  const row = await tx.db
    .selectFrom('institution')
    .select('facts_version')
    .where('id', '=', tx.institutionId)
    .forShare()
    .executeTakeFirstOrThrow();
  return row.facts_version;
}

/** Prepares the transaction for reading columns; once, before the first. */
export async function prepareColumns(tx: InstitutionTx): Promise<void> {
  await sql`select set_config('work_mem', ${workMem}, true), set_config('max_parallel_workers_per_gather', '0', true),
    set_config('jit', 'off', true)`.execute(tx.db);
}

/**
 * Columns of numbers that rest in one table ({@link tableOf}), in one walk over it.
 *
 * @returns packed big-endian records (ordinal int4, a float8 a column, NaN = none), in no order
 */
export async function* listNumbers(
  tx: InstitutionTx,
  table: ColumnTable,
  columns: readonly ColumnName[],
): AsyncGenerator<Uint8Array> {
  const fields = sql.join(
    columns.map((column) => sql`float8send(coalesce(${placeOf(column).value}, 'NaN'::float8))`),
    sql` || `,
  );
  const rows = copyOut(
    tx,
    sql`select string_agg(int4send(ordinal) || ${fields}, ''::bytea) from ${sql.table(table)}
    where institution_id = ${sql.lit(tx.institutionId)}
    group by ordinal >> ${sql.lit(ordinalsPerGroupLog2)}`,
  );
  for await (const [records] of rows) if (records !== undefined) yield records;
}

/** Every text of a column with the ordinals that have it, packed big-endian int4. */
export async function* listTexts(
  tx: InstitutionTx,
  column: ColumnName,
): AsyncGenerator<{ text: string; ordinals: Uint8Array }> {
  const { table, value } = placeOf(column);
  const rows = copyOut(
    tx,
    sql`select value, string_agg(int4send(ordinal), ''::bytea)
    from (select ${value} as value, ordinal from ${sql.table(table)}
      where institution_id = ${sql.lit(tx.institutionId)}) held
    where value is not null group by value`,
  );
  for await (const [text, ordinals] of rows) {
    if (text !== undefined && ordinals !== undefined) yield { text: text.toString(), ordinals };
  }
}

/** How many customers have a value of each column, in one walk over each table. */
export async function countValues(
  tx: InstitutionTx,
  columns: readonly ColumnName[],
): Promise<ReadonlyMap<ColumnName, number>> {
  const counts = new Map<ColumnName, number>();
  for (const [table, group] of Map.groupBy(columns, tableOf)) {
    const fields = group.map((column) => sql`count(${placeOf(column).value})::integer`);
    const { rows } = await sql<{ counts: number[] }>`select array[${sql.join(fields)}] as counts
      from ${sql.table(table)} where institution_id = ${tx.institutionId}`.execute(tx.db);
    for (const [index, column] of group.entries()) counts.set(column, rows[0]?.counts[index] ?? 0);
  }
  return counts;
}

export async function countEverybody(tx: InstitutionTx): Promise<number> {
  const { count } = await tx.db
    .selectFrom('customer')
    .select(sql<number>`count(*)::integer`.as('count'))
    .where('institution_id', '=', tx.institutionId)
    .executeTakeFirstOrThrow();
  return count;
}

/** The table of a column: columns of one table are read together. */
export function tableOf(column: ColumnName): ColumnTable {
  return placeOf(column).table;
}
