import type { Kysely } from 'kysely';
import type { PoolClient } from 'pg';
import type { Tables } from './tables.ts';

export type Engine = 'embedded' | 'postgresql';

interface OpenTransaction {
  /** Typed builder bound to this transaction's one connection. */
  readonly db: Kysely<Tables>;
  /** The same connection, for statements that want rows streamed. */
  readonly client: PoolClient;
  readonly engine: Engine;
}

/**
 * A transaction of one institution: it runs as role `rollcall_app` with `rollcall.institution` set, so row-level
 * security holds besides the `where` of each statement. Stores take this (first parameter), never a pool.
 */
export interface InstitutionTx extends OpenTransaction {
  readonly kind: 'institution';
  readonly institutionId: string;
}

/** The narrow transaction that finds out who calls, before any institution is known. */
export interface AuthenticationTx extends OpenTransaction {
  readonly kind: 'authentication';
}

/** The operator's transaction (CLI, job maintenance): owner of the schema, sees every institution. */
export interface OperatorTx extends OpenTransaction {
  readonly kind: 'operator';
}

export interface TransactionOptions {
  /** Default `read committed`. */
  readonly isolation?: 'read committed' | 'repeatable read';
  /** `bulk`: the separate small pool for imports and loads, so that they never starve page reads. Default `main`. */
  readonly lane?: 'main' | 'bulk';
  /** How long a statement waits for a lock before 503 `serviceUnavailable`. Default 5,000. */
  readonly lockTimeoutMs?: number;
  /** Run everything, then roll back and still return the value (dry runs). */
  readonly rollBack?: boolean;
}

/**
 * The door to the database. A transaction that fails with 40001 or 40P01 is run again (at most 5 times in all), so
 * the work must be repeatable; a lock timeout (55P03) becomes a Problem `serviceUnavailable`.
 */
export interface Database {
  readonly engine: Engine;
  inInstitution<T>(
    institutionId: string,
    work: (tx: InstitutionTx) => Promise<T>,
    options?: TransactionOptions,
  ): Promise<T>;
  inAuthentication<T>(work: (tx: AuthenticationTx) => Promise<T>): Promise<T>;
  asOperator<T>(work: (tx: OperatorTx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Copies binary rows into a temporary table of the open transaction; the only way for bulk data in. */
  bulkCopy(tx: InstitutionTx | OperatorTx, target: BulkCopyTarget, chunks: AsyncIterable<Uint8Array>): Promise<void>;
  close(): Promise<void>;
}

export interface BulkCopyTarget {
  readonly table: string;
  readonly columns: readonly string[];
}
