import { StartRefused } from '../lib/start-refused.ts';
import type { OpenDatabase } from './database.ts';
import { databaseErrorCode } from './error-facts.ts';

/** Roles belong to the whole cluster: migrations of two databases may meet here, and the loser looks again. */
const attemptsMax = 5;
const insufficientPrivilege = '42501';

/**
 * Makes `rollcall_app` (no login: it is only ever set within a transaction) and lets the current user set it.
 * @throws StartRefused with the statements for the administrator where the user may not do so.
 */
export async function ensureApplicationRole(database: OpenDatabase): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await database.asOperator((tx) => tx.client.query(ensureRole));
      return;
    } catch (cause) {
      if (databaseErrorCode(cause) === insufficientPrivilege) throw await refusal(database, cause);
      if (attempt >= attemptsMax) throw cause;
    }
  }
}

// PostgreSQL 16 tells membership from the right to SET ROLE; who creates a role there gets the first only.
const ensureRole = `do $$ begin
  if not exists (select from pg_roles where rolname = 'rollcall_app') then
    create role rollcall_app nologin;
  end if;
  if current_setting('server_version_num')::int >= 160000 then
    if not pg_has_role(current_user, 'rollcall_app', 'SET') then
      execute format('grant rollcall_app to %I', current_user);
    end if;
  elsif not pg_has_role(current_user, 'rollcall_app', 'MEMBER') then
    execute format('grant rollcall_app to %I', current_user);
  end if;
end $$`;

async function refusal(database: OpenDatabase, cause: unknown): Promise<StartRefused> {
  const name = await database.asOperator(async (tx) => {
    const { rows } = await tx.client.query<{ name: string }>('select quote_ident(current_user) as name');
    return rows[0]?.name ?? '';
  });
  return new StartRefused(
    `an administrator must run once: create role rollcall_app nologin; grant rollcall_app to ${name};`,
    { cause },
  );
}
