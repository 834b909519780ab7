import { type Expression, type SqlBool, sql } from 'kysely';
import { rangePredicate } from '../../db/range-predicate.ts';
import type { InstitutionTx, OperatorTx } from '../../db/transaction.ts';
import type { Range } from '../../lib/range.ts';
import type { ChainedEntry } from './audit-chain.ts';
import type { AuditOutcome } from './audit-entry.ts';

export interface AuditFilter {
  readonly outcomes?: readonly AuditOutcome[] | undefined;
  readonly operation?: string | undefined;
  readonly principalId?: string | undefined;
  readonly applicationId?: string | undefined;
  readonly resource?: string | undefined;
  readonly at?: Range<Date> | undefined;
  readonly sequence?: Range<number> | undefined;
}

/** An entry with what chains it. */
export interface StoredEntry extends ChainedEntry {
  readonly hash: Buffer;
}

/**
 * The time as text to the millisecond: a tampered one may be none that JavaScript has. A hash that was set to null is
 * an empty one.
 */
const entryColumns = sql<StoredEntry>`institution_id as "institutionId", sequence,
  to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
  principal_kind as "principalKind", principal_id as "principalId", application_id as "applicationId", address,
  operation, resource, outcome, detail, coalesce(hash, '') as hash`;

/** Entries of the institution, newest first. */
export async function listAuditRows(
  tx: InstitutionTx,
  filter: AuditFilter,
  page: { beforeSequence: number | undefined; limit: number },
): Promise<StoredEntry[]> {
  const before = page.beforeSequence;
  const { rows } = await sql<StoredEntry>`select ${entryColumns} from audit_entry
    where institution_id = ${tx.institutionId} and ${filterPredicate(filter)}
      and ${before === undefined ? sql<boolean>`true` : sql<boolean>`sequence < ${before}`}
    order by sequence desc limit ${page.limit}`.execute(tx.db);
  return rows;
}

function filterPredicate(filter: AuditFilter): Expression<SqlBool> {
  const equals = (column: string, value: string | undefined) =>
    value === undefined ? sql<boolean>`true` : sql<boolean>`${sql.ref(column)} = ${value}`;
  return sql<boolean>`${rangePredicate(sql.ref('at'), filter.at)} and ${rangePredicate(sql.ref('sequence'), filter.sequence)}
    and ${filter.outcomes === undefined ? sql<boolean>`true` : sql<boolean>`outcome = any(${[...filter.outcomes]}::text[])`}
    and ${equals('operation', filter.operation)} and ${equals('principal_id', filter.principalId)}
    and ${equals('application_id', filter.applicationId)} and ${equals('resource', filter.resource)}`;
}

/**
 * Entries in the order of the chain, for verification.
 *
 * @param fromSequence the first one, included: what a tampering hand has put twice must be seen twice. Absent = from
 *   the lowest number there is
 */
export async function listChainRows(
  tx: InstitutionTx,
  fromSequence: number | undefined,
  limit: number,
): Promise<StoredEntry[]> {
  const { rows } = await sql<StoredEntry>`select ${entryColumns} from audit_entry
    where institution_id = ${tx.institutionId}
      and ${fromSequence === undefined ? sql<boolean>`true` : sql<boolean>`sequence >= ${fromSequence}`}
    order by sequence limit ${limit}`.execute(tx.db);
  return rows;
}

/** Every institution that a chain belongs to, also one of which only its head or its keys are left. */
export async function listChainOwners(tx: OperatorTx, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from institution
    union select institution_id from audit_head
    union select institution_id from wrapped_key where purpose = 'mac' order by id limit ${limit}`.execute(tx.db);
  return rows.map(({ id }) => id);
}
