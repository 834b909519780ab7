import type { OpenDatabase } from '../database.ts';

/**
 * The embedded engine has no background processes: without this nothing ever writes a checkpoint (measured: the
 * write-ahead log grew to 1.3 GB with 4.5 M rows and went on), removes dead rows or refreshes the planner's statistics.
 */
export interface MaintenanceLimits {
  /** Log since the last checkpoint; a crash replays at most about this much (0.3 GB takes 2 s). */
  readonly logBytesMax: number;
  /** Changed rows of a table, besides a fifth of the table, before it is vacuumed (PostgreSQL's own formula). */
  readonly changedRowsMin: number;
}

export interface MaintenanceDone {
  readonly checkpoint: boolean;
  readonly vacuumed: readonly string[];
}

const limits: MaintenanceLimits = { logBytesMax: 64 * 1024 * 1024, changedRowsMin: 1_000 };
const intervalMs = 60_000;
/** Each vacuum holds the one session for up to a second or so: never many in a row. */
const vacuumsMax = 3;

/** Maintains the engine once a minute, between transactions, until it is stopped. */
export function startMaintenance(database: OpenDatabase): { stop(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    // What fails now is tried again in a minute; a broken engine ends the server anyhow.
    running = running.then(() => maintain(database)).catch(() => {});
  }, intervalMs);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

export async function maintain(
  database: OpenDatabase,
  { logBytesMax, changedRowsMin }: MaintenanceLimits = limits,
): Promise<MaintenanceDone> {
  // A connection for each statement: requests take their turns in between.
  const one = async <T extends object>(sql: string, values: readonly number[] = []): Promise<readonly T[]> =>
    await database.withConnection(async (client) => (await client.query<T>(sql, [...values])).rows);
  // Counts of the last second may not be in the statistics yet.
  await one('select pg_stat_force_next_flush()');
  const tables = await one<{ name: string }>(
    `select format('%I.%I', schemaname, relname) as name from pg_stat_user_tables
      where greatest(n_dead_tup, n_mod_since_analyze, n_ins_since_vacuum) > $1 + 0.2 * n_live_tup
      order by greatest(n_dead_tup, n_mod_since_analyze, n_ins_since_vacuum) desc, 1 limit $2`,
    [changedRowsMin, vacuumsMax],
  );
  for (const { name } of tables) await one(`vacuum (analyze) ${name}`);
  const [log] = await one<{ bytes: number }>(
    'select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::float8 as bytes from pg_control_checkpoint()',
  );
  const checkpoint = (log?.bytes ?? 0) >= logBytesMax;
  if (checkpoint) await one('checkpoint');
  return { checkpoint, vacuumed: tables.map(({ name }) => name) };
}
