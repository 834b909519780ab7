import { join } from 'node:path';
import type { Client } from 'pg';
import type { BenchContext } from './context.ts';

const taxIdType = 1;

/**
 * The floor of an import: what one would write by hand on the same server with the tokens already made. COPY of
 * (line, token), ANALYZE, and the distinct join into a table, in three variants; the fastest counts. The same memory as
 * the service takes, and no parallel workers on either side.
 *
 * @returns seconds
 */
export async function floorOfImport(client: Client, context: BenchContext): Promise<number> {
  const file = join(context.folder, 'floor-tokens.bin');
  await prepareTokens(client, context, file);
  const seconds: number[] = [];
  for (const kind of ['', 'temporary', 'unlogged']) {
    await client.query(
      `begin; set local work_mem = '256MB'; set local max_parallel_workers_per_gather = 0; set local jit = off`,
    );
    const from = performance.now();
    await client.query(`create ${kind} table floor_line (line integer not null, token uuid not null)`);
    await client.query(`copy floor_line from '${file}' with (format binary)`);
    await client.query('analyze floor_line');
    await client.query(`create ${kind} table floor_match as
      select distinct line.line, owner.ordinal from floor_line line
      join customer_identifier owner on owner.token = line.token
      where owner.institution_id = 'BENCH' and owner.identifier_type = ${taxIdType}`);
    seconds.push((performance.now() - from) / 1_000);
    await client.query('rollback');
  }
  return Math.min(...seconds);
}

/** As many tokens as the list has lines, 80 % of them known, in no order of theirs. */
async function prepareTokens(client: Client, context: BenchContext, file: string): Promise<void> {
  const known = Math.floor(context.lines * 0.8);
  await client.query(`copy (
    select row_number() over ()::integer as line, token from (
      (select token from customer_identifier where institution_id = 'BENCH' and identifier_type = ${taxIdType} limit ${known})
      union all
      select gen_random_uuid() from generate_series(1, ${context.lines - known})
      order by 1
    ) tokens) to '${file}' with (format binary)`);
}
