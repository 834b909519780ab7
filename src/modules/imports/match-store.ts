import { sql } from 'kysely';
import type { QueryArrayConfig } from 'pg';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import { type IdentifierTypeName, identifierTypeCode } from '../identifiers/index.ts';

/**
 * Memory of the hash join and of the grouping, in this transaction only. With the default 4 MB PostgreSQL goes to
 * disk in batches, and with parallel workers the same join once took minutes (design section 5).
 */
const workMem = '256MB';
/** A group holds the pairs of 2^17 lines: about 1 MB of bytes a row where each line has one customer. */
const linesPerGroupLog2 = 17;
const groupsPerFetch = 4;

/** Prepares the transaction for the join; call once, before the lines are copied. */
export async function prepareMatch(tx: InstitutionTx): Promise<void> {
  await sql`select set_config('work_mem', ${workMem}, true), set_config('max_parallel_workers_per_gather', '0', true),
    set_config('cursor_tuple_fraction', '1.0', true), set_config('jit', 'off', true)`.execute(tx.db);
}

/** Brings the distinct valid lines into a temporary table. `chunks`: binary COPY rows (line int4, token uuid). */
export async function stageLines(
  database: Database,
  tx: InstitutionTx,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  await sql`create temporary table import_line (line integer not null, token uuid not null) on commit drop`.execute(
    tx.db,
  );
  await database.bulkCopy(tx, { table: 'import_line', columns: ['line', 'token'] }, chunks);
  await sql`analyze import_line`.execute(tx.db);
}

/**
 * One join of the staged lines with the customers of the institution.
 *
 * @returns packed big-endian (line int4, ordinal int4) pairs, a group of lines at a time, in no order
 */
export async function* matchLines(tx: InstitutionTx, type: IdentifierTypeName): AsyncGenerator<Uint8Array> {
  await sql`declare import_match no scroll cursor for
    select string_agg(int4send(line.line) || int4send(owner.ordinal), ''::bytea)
    from import_line line join ${ownersOf(tx, type)} owner on owner.token = line.token
    group by line.line >> ${sql.lit(linesPerGroupLog2)}`.execute(tx.db);
  // As text: pg 8.23 reads binary fields as UTF-8 strings, which loses bytes.
  const fetch: QueryArrayConfig = { text: `fetch ${groupsPerFetch} from import_match`, rowMode: 'array' };
  for (;;) {
    const { rows } = await tx.client.query<[Buffer]>(fetch);
    if (rows.length === 0) break;
    for (const [pairs] of rows) yield pairs;
  }
  await sql`close import_match`.execute(tx.db);
}

/**
 * How many of the sampled lines name somebody under each other type.
 * `chunks`: binary COPY rows (line int4, identifier_type int2, token uuid).
 */
export async function countSampleMatches(
  database: Database,
  tx: InstitutionTx,
  types: readonly IdentifierTypeName[],
  chunks: AsyncIterable<Uint8Array>,
): Promise<ReadonlyMap<IdentifierTypeName, number>> {
  await sql`create temporary table import_sample
    (line integer not null, identifier_type smallint not null, token uuid not null) on commit drop`.execute(tx.db);
  const columns = ['line', 'identifier_type', 'token'];
  await database.bulkCopy(tx, { table: 'import_sample', columns }, chunks);
  await sql`analyze import_sample`.execute(tx.db);
  const counts = new Map<IdentifierTypeName, number>();
  for (const type of types) {
    const { rows } = await sql<{ matched: number }>`
      select count(distinct line.line)::integer as matched
      from import_sample line join ${ownersOf(tx, type)} owner on owner.token = line.token
      where line.identifier_type = ${identifierTypeCode(type)}`.execute(tx.db);
    counts.set(type, rows[0]?.matched ?? 0);
  }
  return counts;
}

/** (token, ordinal) of every customer under a type: the blind index, or a digest of the two ids that rest in clear. */
function ownersOf(tx: InstitutionTx, type: IdentifierTypeName) {
  if (type === 'customerId' || type === 'coreCustomerId') {
    const column = sql.ref(type === 'customerId' ? 'id' : 'core_customer_id');
    // The same first 128 bits of SHA-256 as `tokenize` makes for these two types.
    return sql`(select encode(substring(sha256(convert_to(${column}, 'UTF8')) from 1 for 16), 'hex')::uuid as token, ordinal
      from customer where institution_id = ${tx.institutionId})`;
  }
  return sql`(select token, ordinal from customer_identifier
    where institution_id = ${tx.institutionId} and identifier_type = ${identifierTypeCode(type)})`;
}
