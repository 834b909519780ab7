import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { PoolClient } from 'pg';
import type { Tables } from './tables.ts';

/**
 * A typed builder over one checked-out client. Values travel as parameters of the unnamed statement: the embedded
 * engine shares one session, where named statements of two connections would collide.
 * `isOpen` is asked before each statement, so that a builder kept after its transaction cannot write outside one.
 */
export function kyselyOverClient(client: PoolClient, isOpen: () => boolean): Kysely<Tables> {
  const connection = new ClientConnection(client, isOpen);
  const dialect: Dialect = {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new OneConnectionDriver(connection),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  };
  return new Kysely<Tables>({ dialect });
}

class ClientConnection implements DatabaseConnection {
  readonly #client: PoolClient;
  readonly #isOpen: () => boolean;

  constructor(client: PoolClient, isOpen: () => boolean) {
    this.#client = client;
    this.#isOpen = isOpen;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    if (!this.#isOpen()) throw new Error('the transaction of this statement has ended');
    const result = await this.#client.query<R & object>(query.sql, [...query.parameters]);
    return result.command === 'SELECT' || result.rowCount === null
      ? { rows: result.rows }
      : { rows: result.rows, numAffectedRows: BigInt(result.rowCount) };
  }

  // biome-ignore lint/correctness/useYield: refuses before the first row
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('stream rows from tx.client: the builder reads whole results');
  }
}

class OneConnectionDriver implements Driver {
  readonly #connection: ClientConnection;

  constructor(connection: ClientConnection) {
    this.#connection = connection;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    throw new Error('the transaction is open already');
  }

  async commitTransaction(): Promise<void> {
    throw new Error('the transaction commits when its work returns');
  }

  async rollbackTransaction(): Promise<void> {
    throw new Error('the transaction rolls back when its work throws');
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}
