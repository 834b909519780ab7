import { PgBoss } from 'pg-boss';
import type { OpenDatabase } from './database.ts';
import type { OperatorTx } from './transaction.ts';

export const jobSchema = 'pgboss';

/** pg-boss makes and upgrades its own schema, under an advisory lock of its own. */
export async function installJobSchema(database: OpenDatabase): Promise<void> {
  const boss = new PgBoss({
    db: { executeSql: (text, values) => database.withConnection((client) => client.query(text, values)) },
    schema: jobSchema,
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
