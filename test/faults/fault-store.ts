import type { OpenDatabase } from '../../src/db/database.ts';

/** Rows of `from`, e.g. `audience where name = $1`. */
export async function countWhere(
  database: OpenDatabase,
  from: string,
  values: readonly (string | number)[],
): Promise<number> {
  return await database.withConnection(async (client) => {
    const { rows } = await client.query<{ n: number }>(`select count(*)::integer as n from ${from}`, [...values]);
    return rows[0]?.n ?? 0;
  });
}

/** What must hold whenever no request runs; each query lists what breaks it. */
const invariants: Readonly<Record<string, string>> = {
  'an audience without its completed import': `select 1 from audience left join import
     on import.institution_id = audience.institution_id and import.id = audience.import_id and import.state = 'completed'
       and import.customer_count = audience.customer_count and import.audience_id = audience.id
     where import.id is null`,
  'a completed import without its audience': `select 1 from import left join audience
     on audience.institution_id = import.institution_id and audience.import_id = import.id
     where import.state = 'completed' and audience.id is null`,
  'an audience without its version': `select 1 from audience left join audience_version version
     on version.institution_id = audience.institution_id and version.audience_id = audience.id
       and version.version = audience.version and version.customer_count = audience.customer_count
     where version.version is null`,
  'a version without its audience': `select 1 from audience_version version left join audience
     on audience.institution_id = version.institution_id and audience.id = version.audience_id where audience.id is null`,
  'a ledger that does not add up': `select 1 from import where state = 'completed' and line_count not in
     (header_count + blank_count + invalid_count + duplicate_count + unmatched_count + ambiguous_count + matched_count,
      -1)`,
  'a ledger whose lines are not its counts': `select 1 from import left join
     (select institution_id, import_id, sum(line_count) as lines from import_ledger group by 1, 2) ledger
     on ledger.institution_id = import.institution_id and ledger.import_id = import.id
     where import.state = 'completed' and coalesce(ledger.lines, 0) <> import.line_count`,
  'a ledger without its import': `select 1 from import_ledger ledger left join import
     on import.institution_id = ledger.institution_id and import.id = ledger.import_id where import.id is null`,
  'an import that never ends': `select 1 from import where state in ('receiving', 'staged', 'matching')`,
  'a stage that nobody needs': 'select 1 from import_stage',
  'a load that never ends': `select 1 from customer_load where state in ('receiving', 'publishing')`,
  'a failed load with changes': `select 1 from customer_load
     where state <> 'completed' and inserted_count + updated_count + removed_count + returned_count > 0`,
  'a token without its customer': `select 1 from customer_identifier token left join customer
     on customer.institution_id = token.institution_id and customer.ordinal = token.ordinal where customer.ordinal is null`,
  'a customer without its token': `select 1 from customer left join customer_identifier token
     on token.institution_id = customer.institution_id and token.ordinal = customer.ordinal where token.ordinal is null`,
  'ordinals with gaps': `select 1 from institution where next_ordinal <>
     (select count(*) from customer where customer.institution_id = institution.id)`,
  'an idempotency key that is held': `select 1 from idempotency_record where state = 'running'`,
  'a finished import without an audit entry': `select 1 from import left join audit_entry audit
     on audit.institution_id = import.institution_id and audit.resource = import.audience_id
     where import.state = 'completed' and audit.sequence is null`,
};

/** @returns the names of those that do not hold */
export async function brokenInvariants(database: OpenDatabase): Promise<readonly string[]> {
  return await database.withConnection(async (client) => {
    const broken: string[] = [];
    for (const [name, query] of Object.entries(invariants)) {
      const { rowCount } = await client.query(`${query} limit 1`);
      if (rowCount !== 0) broken.push(name);
    }
    return broken;
  });
}

/** What a minute of silence does: leases of the dead pass, and their jobs are found to have stopped. */
export async function letTimePass(database: OpenDatabase): Promise<void> {
  await database.withConnection(async (client) => {
    await client.query(`update idempotency_record set lease_until = 'epoch' where state = 'running'`);
    await client.query(`update customer_load set lease_until = 'epoch' where lease_until is not null`);
    await client.query(`update pgboss.job set heartbeat_on = 'epoch' where state = 'active'`);
  });
}

/** Sessions of others in this database of a PostgreSQL server: those of a killed process end once they notice. */
export async function countOtherSessions(database: OpenDatabase): Promise<number> {
  return await countWhere(
    database,
    `pg_stat_activity where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid()`,
    [],
  );
}
