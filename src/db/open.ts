import type { OpenDatabase } from './database.ts';
import { openEmbedded } from './embedded/open-embedded.ts';
import { openPostgresql } from './postgresql.ts';

export interface DatabaseOptions {
  /** `postgres://...` of a PostgreSQL server, 15 or newer; unset = the embedded engine over `dataDir`. */
  readonly url?: string | undefined;
  /** Directory of the embedded engine; unused with a `url`. */
  readonly dataDir: string;
  /** `server` wants the engine for itself; `command` works through a running server's engine if there is one. */
  readonly purpose: 'server' | 'command';
  /** Connections to PostgreSQL besides the two for bulk work; default 10. The embedded engine has one session. */
  readonly connectionsMax?: number;
}

/** Opens the database. @throws StartRefused: a message of one line for the operator. */
export async function openDatabase({ url, dataDir, purpose, connectionsMax }: DatabaseOptions): Promise<OpenDatabase> {
  return url === undefined ? await openEmbedded({ dataDir, purpose }) : await openPostgresql(url, connectionsMax);
}
