import { StartRefused } from '../lib/start-refused.ts';
import { ensureApplicationRole } from './application-role.ts';
import type { OpenDatabase } from './database.ts';
import { createJobSchema, grantJobSchema, installJobSchema } from './job-schema.ts';
import { type Migration, readMigrations } from './migrations.ts';
import type { OperatorTx } from './transaction.ts';

/** Any constant of our own; two instances that start together take turns. */
const advisoryLock = 7265_0001;
const turnTimeoutMs = 120_000;

/**
 * Brings the schema up to date: all pending files in one transaction, under an advisory lock, so that two instances
 * may start together and a failure leaves the schema as it was. Returns the names of the migrations it applied.
 * The embedded engine migrates by itself when a server starts; a PostgreSQL server only by `rollcall migrate`.
 * @throws StartRefused when the schema is newer than this program, or the user lacks rights (it names the statements).
 */
export async function migrate(database: OpenDatabase): Promise<readonly string[]> {
  await ensureApplicationRole(database);
  const applied = await inTurn(database, async (tx) => {
    await tx.client.query(`create table if not exists schema_migration (
        name text not null primary key, checksum text not null, applied_at timestamptz not null default now())`);
    const pending = pendingMigrations(await listApplied(tx));
    for (const migration of pending) await apply(tx, migration);
    await grantBasics(tx);
    await createJobSchema(tx);
    return pending.map(({ name }) => name);
  });
  await installJobSchema(database);
  await inTurn(database, grantJobSchema);
  return applied;
}

async function inTurn<T>(database: OpenDatabase, work: (tx: OperatorTx) => Promise<T>): Promise<T> {
  return await database.asOperator(
    async (tx) => {
      await tx.client.query('select pg_advisory_xact_lock($1)', [advisoryLock]);
      return await work(tx);
    },
    { lockTimeoutMs: turnTimeoutMs },
  );
}

/**
 * Refuses a schema that is not exactly the one of this program.
 * @throws StartRefused: says whether to run `rollcall migrate` or to install a newer version.
 */
export async function checkSchema(database: OpenDatabase): Promise<void> {
  const pending = await database.asOperator(async (tx) => pendingMigrations(await listApplied(tx)));
  const first = pending[0];
  if (first !== undefined) {
    throw new StartRefused(`the database lacks migration ${first.name}: run "rollcall migrate"`);
  }
}

interface AppliedMigration {
  readonly name: string;
  readonly checksum: string;
}

async function listApplied(tx: OperatorTx): Promise<readonly AppliedMigration[]> {
  const known = await tx.client.query<{ found: boolean }>(
    `select to_regclass('schema_migration') is not null as found`,
  );
  if (known.rows[0]?.found !== true) return [];
  const { rows } = await tx.client.query<AppliedMigration>('select name, checksum from schema_migration order by name');
  return rows;
}

function pendingMigrations(applied: readonly AppliedMigration[]): readonly Migration[] {
  const known = new Map(readMigrations().map((migration) => [migration.name, migration]));
  for (const { name, checksum } of applied) {
    const migration = known.get(name);
    if (migration === undefined) {
      throw new StartRefused(`the database has migration ${name} of a newer version: install that version`);
    }
    if (migration.checksum !== checksum) {
      throw new StartRefused(`migration ${name} differs from the one that made this database`);
    }
    known.delete(name);
  }
  return [...known.values()];
}

async function apply(tx: OperatorTx, { name, sql, checksum }: Migration): Promise<void> {
  await tx.client.query(sql);
  await tx.client.query('insert into schema_migration (name, checksum) values ($1, $2)', [name, checksum]);
}

/** The schema itself, and temporary tables: bulk data goes into those first. */
async function grantBasics(tx: OperatorTx): Promise<void> {
  await tx.client.query(`do $$ begin
    if not has_database_privilege('rollcall_app', current_database(), 'temp') then
      execute format('grant temporary on database %I to rollcall_app', current_database());
    end if;
    if not has_schema_privilege('rollcall_app', current_schema(), 'usage') then
      execute format('grant usage on schema %I to rollcall_app', current_schema());
    end if;
  end $$`);
}
