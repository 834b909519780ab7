import { type Config, readConfig } from '../config.ts';
import type { Keyring } from '../crypto/keyring.ts';
import type { OpenDatabase } from '../db/database.ts';
import { checkSchema, migrate } from '../db/migrate.ts';
import { openDatabase } from '../db/open.ts';
import { systemClock } from '../lib/clock.ts';
import type { CliContext } from './context.ts';
import { openKeyring } from './open-keyring.ts';

/** What the commands of the operator work with: the database itself, not the HTTP API. */
export interface OperatorTools {
  readonly config: Config;
  readonly database: OpenDatabase;
  /** Opens the keys of the institutions; only when a command needs them. */
  keyring(): Promise<Keyring>;
}

/**
 * Opens the database for one command: that of a running embedded server through its socket, else the engine itself.
 * A PostgreSQL database must have been migrated; the embedded one is brought up to date.
 */
export async function withOperatorTools<T>(
  context: CliContext,
  work: (tools: OperatorTools) => Promise<T>,
): Promise<T> {
  const config = readConfig(context.environment);
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir, purpose: 'command' });
  try {
    await ensureSchema(database);
    return await work({
      config,
      database,
      keyring: async () => (await openKeyring({ config, database, clock: systemClock })).keyring,
    });
  } finally {
    await database.close();
  }
}

/** The embedded engine is migrated by whoever opens it; a PostgreSQL server only by `rollcall migrate`. */
export async function ensureSchema(database: OpenDatabase): Promise<void> {
  if (database.engine === 'embedded') await migrate(database);
  else await checkSchema(database);
}
