import type { OpenDatabase } from '../../src/db/database.ts';

/** Above this a table is emptied as a file: what is deleted row by row stays there and would be read again and again. */
const deletedBytesMax = 64 * 1024;

/** Those that a test may fill; what the migrations and the job queue note about themselves stays. */
export async function listTables(database: OpenDatabase): Promise<readonly string[]> {
  return await database.withConnection(async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables
        where schemaname in ('public', 'pgboss') and tablename not in ('schema_migration', 'version') order by 1`,
    );
    return rows.map(({ name }) => name);
  });
}

/**
 * As after the migrations: no rows, no table of a test's own. Rows are deleted, because a new file for each table
 * (`truncate`) takes 0.3 s and another database 0.5 s, where a test leaves a few hundred rows.
 *
 * @param tables of the migrated schema
 */
export async function emptyDatabase(database: OpenDatabase, tables: readonly string[]): Promise<void> {
  const extra = (await listTables(database)).filter((table) => !tables.includes(table));
  await database.withConnection(async (client) => {
    if (extra.length > 0) await client.query(`drop table ${extra.join(', ')} cascade`);
    const { rows } = await client.query<{ name: string; isLarge: boolean }>(
      `select name, pg_relation_size(name::regclass) > $2 as "isLarge" from unnest($1::text[]) as name
        where pg_relation_size(name::regclass) > 0`,
      [tables, deletedBytesMax],
    );
    const large = rows.filter(({ isLarge }) => isLarge).map(({ name }) => name);
    // As a replica, whose triggers do not fire: one of them keeps the audit trail from being emptied.
    await client.query(`begin; set local session_replication_role = replica;
      ${large.length === 0 ? '' : `truncate ${large.join(', ')} cascade;`}
      ${rows.map(({ name }) => `delete from ${name};`).join(' ')}
      select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) from pg_sequences
        where schemaname in ('public', 'pgboss') and last_value is not null;
      commit`);
  });
}
