import { sql } from 'kysely';
import { rangePredicate } from '../../db/range-predicate.ts';
import type { InstitutionTx } from '../../db/transaction.ts';
import type { Range } from '../../lib/range.ts';
import type { CustomerType } from './customer-schemas.ts';

/** What shows a customer, as it rests: what is personal is sealed. */
export interface SealedCustomer {
  readonly id: string;
  readonly core_customer_id: string;
  readonly customer_type: CustomerType;
  readonly region_code: string | null;
  readonly postal_code: string | null;
  readonly birth_year: number | null;
  readonly customer_since: string | null;
  readonly profile: Buffer;
  /** Null unless it was asked for. */
  readonly identifiers: Buffer | null;
}

export interface CustomerRow extends SealedCustomer {
  readonly ordinal: number;
  /** Changes with every field of the customer, and with nothing else. */
  readonly row_fingerprint: string;
}

export interface CustomerFilter {
  readonly customerTypes?: readonly CustomerType[] | undefined;
  readonly coreCustomerIds?: readonly string[] | undefined;
  readonly regionCodes?: readonly string[] | undefined;
  readonly postalCodes?: readonly string[] | undefined;
  readonly birthYear?: Range<number> | undefined;
  readonly customerSince?: Range<string> | undefined;
}

/** A masked page needs one envelope; the other is read only to be revealed. */
interface RowOptions {
  readonly withIdentifiers?: boolean;
}

/** The columns of a {@link SealedCustomer}, for statements over the table `customer`. */
export function sealedCustomerColumns({ withIdentifiers = false }: RowOptions): string {
  return `id, core_customer_id, customer_type, region_code, postal_code, birth_year, customer_since, profile,
    ${withIdentifiers ? 'identifiers' : 'null::bytea as identifiers'}`;
}

function columnsOf(options: RowOptions): string {
  return `ordinal, row_fingerprint, ${sealedCustomerColumns(options)}`;
}

export async function findCustomerById(
  tx: InstitutionTx,
  id: string,
  options: RowOptions = {},
): Promise<CustomerRow | undefined> {
  const { rows } = await tx.client.query<CustomerRow>(
    `select ${columnsOf(options)} from customer where institution_id = $1 and id = $2`,
    [tx.institutionId, id],
  );
  return rows[0];
}

/** A page of the base in ordinal order: at most `limit` customers above `afterOrdinal`. */
export async function listCustomers(
  tx: InstitutionTx,
  filter: CustomerFilter,
  page: { afterOrdinal: number; limit: number } & RowOptions,
): Promise<CustomerRow[]> {
  const { rows } = await sql<CustomerRow>`
    select ${sql.raw(columnsOf(page))} from customer
    where ${predicateOf(tx, filter)} and ordinal > ${page.afterOrdinal}
    order by ordinal limit ${page.limit}`.execute(tx.db);
  return rows;
}

export async function countCustomers(tx: InstitutionTx, filter: CustomerFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from customer where ${predicateOf(tx, filter)}`.execute(tx.db);
  return rows[0]?.count ?? 0;
}

function predicateOf(tx: InstitutionTx, filter: CustomerFilter) {
  const isOneOf = (column: string, values: readonly string[] | undefined) =>
    values === undefined ? sql`true` : sql`${sql.ref(column)} = any(${[...values]}::text[])`;
  return sql`institution_id = ${tx.institutionId}
    and ${isOneOf('customer_type', filter.customerTypes)}
    and ${isOneOf('core_customer_id', filter.coreCustomerIds)}
    and ${isOneOf('region_code', filter.regionCodes)}
    and ${isOneOf('postal_code', filter.postalCodes)}
    and ${rangePredicate(sql`birth_year::bigint`, filter.birthYear)}
    and ${rangePredicate(sql.ref('customer_since'), filter.customerSince)}`;
}

/** The version of the base, and who is gone from it: portable Roaring bytes (empty = nobody). */
export async function findCustomerBase(tx: InstitutionTx): Promise<{ customerVersion: number; gone: Buffer }> {
  const row = await tx.db
    .selectFrom('institution')
    .select(['customer_version as customerVersion', 'gone'])
    .where('id', '=', tx.institutionId)
    .executeTakeFirstOrThrow();
  return row;
}

/** Ordinals erased or removed from the base, portable Roaring bytes (empty = none). */
export async function readGone(tx: InstitutionTx): Promise<Uint8Array> {
  const { gone } = await findCustomerBase(tx);
  return gone;
}
