import { join } from 'node:path';
import type { PoolConfig } from 'pg';

const port = 5432;
/** sun_path of Linux without its final NUL (unix(7)). */
export const socketPathBytesMax = 107;

/** PostgreSQL's clients derive the file from directory and port. */
export function socketFile(directory: string): string {
  return join(directory, `.s.PGSQL.${port}`);
}

/**
 * How pg reaches the embedded engine. One connection: there is one session behind the socket, so more of them would
 * only queue in the engine instead of in the pool.
 */
export function socketPoolConfig(directory: string): PoolConfig {
  return {
    host: directory,
    port,
    user: 'postgres',
    database: 'postgres',
    max: 1,
    // 0: never closed for idleness
    idleTimeoutMillis: 0,
    // A bulk load holds the session for seconds; beyond this a request gives up with 503.
    connectionTimeoutMillis: 60_000,
  };
}
