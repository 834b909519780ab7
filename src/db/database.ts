import type { Pool, PoolClient } from 'pg';
import { publicFailure } from './failure.ts';
import { kyselyOverClient } from './kysely-over-client.ts';
import type { BulkCopyTarget, Database, Engine, InstitutionTx, OperatorTx, TransactionOptions } from './transaction.ts';
import { assertNoTransactionHeld } from './transaction-guard.ts';
import { runTransaction } from './transaction-runner.ts';

/** The door to the database, with what only the runner of migrations and of jobs may use besides. */
export interface OpenDatabase extends Database {
  /** A connection outside any transaction and role; the work leaves it clean. */
  withConnection<T>(work: (client: PoolClient) => Promise<T>): Promise<T>;
  /** Settles when the embedded engine's worker is gone (never for PostgreSQL): the process should then end. */
  readonly ended: Promise<void>;
}

export interface DatabaseParts {
  readonly engine: Engine;
  readonly mainPool: Pool;
  /** May be the same pool. */
  readonly bulkPool: Pool;
  readonly copy: (
    tx: InstitutionTx | OperatorTx,
    target: BulkCopyTarget,
    chunks: AsyncIterable<Uint8Array>,
  ) => Promise<void>;
  readonly closeEngine: () => Promise<void>;
  readonly ended?: Promise<void>;
}

export function createDatabase({ engine, mainPool, bulkPool, copy, closeEngine, ended }: DatabaseParts): OpenDatabase {
  let closing: Promise<void> | undefined;
  const poolOf = (options: TransactionOptions) => (options.lane === 'bulk' ? bulkPool : mainPool);
  return {
    engine,
    ended: ended ?? new Promise(() => {}),
    inInstitution: async (institutionId, work, options = {}) =>
      runTransaction(
        { pool: poolOf(options), settings: institutionSettings(institutionId), options },
        (client, isOpen) =>
          work({ kind: 'institution', institutionId, engine, client, db: kyselyOverClient(client, isOpen) }),
      ),
    inAuthentication: (work) =>
      runTransaction({ pool: mainPool, settings: '', options: {} }, (client, isOpen) =>
        work({ kind: 'authentication', engine, client, db: kyselyOverClient(client, isOpen) }),
      ),
    asOperator: (work, options = {}) =>
      runTransaction({ pool: poolOf(options), settings: '', options }, (client, isOpen) =>
        work({ kind: 'operator', engine, client, db: kyselyOverClient(client, isOpen) }),
      ),
    bulkCopy: copy,
    async withConnection(work) {
      assertNoTransactionHeld();
      const client = await mainPool.connect().catch((error: unknown) => {
        throw publicFailure(error);
      });
      try {
        const value = await work(client);
        client.release();
        return value;
      } catch (error) {
        // It may be in a transaction of its own: never hand it on.
        client.release(true);
        throw error;
      }
    },
    close() {
      closing ??= closeAll();
      return closing;
    },
  };

  async function closeAll(): Promise<void> {
    await mainPool.end();
    if (bulkPool !== mainPool) await bulkPool.end();
    await closeEngine();
  }
}

/** The form of `institution.id` in the schema: an id of this form needs no quoting, which saves a round trip. */
const institutionIdPattern = /^[A-Z0-9_]{2,8}$/;

function institutionSettings(institutionId: string): string {
  if (!institutionIdPattern.test(institutionId)) throw new TypeError('the institution id is not of its form');
  return `set local role rollcall_app; set local "rollcall.institution" = '${institutionId}'`;
}
