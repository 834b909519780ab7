import pg from 'pg';
import type { BenchContext } from './support/context.ts';
import type { BenchResult } from './support/report.ts';

const timesSmallerMin = 30;

/** What the largest audience of one list takes in the database, against the table of one row a member that others keep. */
export async function benchStorage(context: BenchContext, databaseUrl: string): Promise<BenchResult> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ audience_id: string; customer_count: number; bytes: number; bitmap: number }>(
      `select audience_id, customer_count, (pg_column_size(members) + coalesce(pg_column_size(member_lines), 0))::integer as bytes,
         pg_column_size(members)::integer as bitmap
       from audience_version where customer_count <= $1 order by customer_count desc, audience_id limit 1`,
      [context.lines],
    );
    const [version] = rows;
    if (version === undefined) throw new Error('there is no audience to measure');
    await client.query(`create table floor_member (institution_id text not null, audience_id text not null,
      version integer not null, ordinal integer not null, line integer not null,
      primary key (institution_id, audience_id, version, ordinal))`);
    await client.query(
      `insert into floor_member select 'BENCH', $1, 1, number, number from generate_series(1, $2::integer) number`,
      [version.audience_id, version.customer_count],
    );
    const { rows: sizes } = await client.query<{ bytes: string }>(
      `select pg_total_relation_size('floor_member') as bytes`,
    );
    await client.query('drop table floor_member');
    const mine = version.bytes / version.customer_count;
    const theirs = Number(sizes[0]?.bytes) / version.customer_count;
    const figures = [
      {
        name: 'bytes a member, with the line of each',
        value: mine,
        unit: 'B',
        floor: { name: 'a row a member, B', value: theirs },
        ratio: theirs / mine,
        target: { text: `at least ${timesSmallerMin}x smaller`, met: theirs / mine >= timesSmallerMin },
      },
      { name: '  of these the members themselves', value: version.bitmap / version.customer_count, unit: 'B' },
    ];
    return { bench: 'storage', engine: context.engine, parameters: { members: version.customer_count }, figures };
  } finally {
    await client.end();
  }
}
