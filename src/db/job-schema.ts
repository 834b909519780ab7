import { PgBoss } from 'pg-boss';
import type { OpenDatabase } from './database.ts';
import type { OperatorTx } from './transaction.ts';

export const jobSchema = 'pgboss';

/** Under the lock of the migrations: two `create schema if not exists` at once fail on PostgreSQL's own catalog. */
export async function createJobSchema(tx: OperatorTx): Promise<void> {
  await tx.client.query(`create schema if not exists ${jobSchema}`);
}

/** pg-boss makes and upgrades its own schema, under an advisory lock of its own. */
export async function installJobSchema(database: OpenDatabase): Promise<void> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => database.withConnection((client) => client.query(text, values)) },
    schema: jobSchema,
    createSchema: false,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  await boss.start();
  await boss.stop({ graceful: false, close: false });
}

/** The application role may enqueue, no more: `tx` of an institution puts its job in the same commit. */
export async function grantJobSchema(tx: OperatorTx): Promise<void> {
  await tx.client.query(`
    grant usage on schema ${jobSchema} to rollcall_app;
    grant select on ${jobSchema}.queue to rollcall_app;
    grant select, insert on ${jobSchema}.job, ${jobSchema}.job_common to rollcall_app;
  `);
}
