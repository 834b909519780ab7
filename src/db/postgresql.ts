import type { Pool } from 'pg';
import { StartRefused } from '../lib/start-refused.ts';
import { copyToServer } from './bulk-copy.ts';
import { createDatabase, type OpenDatabase } from './database.ts';
import { databaseErrorCode } from './error-facts.ts';
import { createPool } from './pool-settings.ts';

const oldestServerVersion = 150000;
const connectionsMaxDefault = 10;
/** Imports and loads have a pool of their own, so that they never starve page reads. */
const bulkConnectionsMax = 2;

/** Opens a PostgreSQL server, 15 or newer. @throws StartRefused with one line that says what is wrong. */
export async function openPostgresql(url: string, connectionsMax = connectionsMaxDefault): Promise<OpenDatabase> {
  const shared = { connectionString: url, keepAlive: true, connectionTimeoutMillis: 10_000 };
  const mainPool = createPool({ ...shared, max: connectionsMax, idleTimeoutMillis: 30_000 });
  const bulkPool = createPool({ ...shared, max: bulkConnectionsMax, idleTimeoutMillis: 30_000 });
  try {
    await checkServer(mainPool);
  } catch (error) {
    await Promise.all([mainPool.end(), bulkPool.end()]);
    throw error;
  }
  return createDatabase({ engine: 'postgresql', mainPool, bulkPool, copy: copyToServer, closeEngine: async () => {} });
}

async function checkServer(pool: Pool): Promise<void> {
  const { rows } = await pool
    .query<{ version: number; encoding: string; datestyle: string }>(
      `select current_setting('server_version_num')::int as version, current_setting('server_encoding') as encoding,
        current_setting('DateStyle') as datestyle`,
    )
    .catch((cause: unknown) => {
      const code = databaseErrorCode(cause) ?? 'no answer';
      throw new StartRefused(`the PostgreSQL server of ROLLCALL_DATABASE_URL cannot be used (${code})`, { cause });
    });
  const facts = rows[0];
  if (facts === undefined || facts.version < oldestServerVersion) {
    const major = Math.trunc((facts?.version ?? 0) / 10000);
    throw new StartRefused(`PostgreSQL 15 or newer is needed; the server of ROLLCALL_DATABASE_URL is ${major}`);
  }
  if (facts.encoding !== 'UTF8') {
    throw new StartRefused(`the database of ROLLCALL_DATABASE_URL must have encoding UTF8, not ${facts.encoding}`);
  }
  if (!facts.datestyle.startsWith('ISO')) {
    throw new StartRefused('the database of ROLLCALL_DATABASE_URL must have DateStyle ISO');
  }
}
