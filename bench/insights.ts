import { join } from 'node:path';
import type { OpenDatabase } from '../src/db/database.ts';
import { openDatabase } from '../src/db/open.ts';
import { bitmapBytes, bitmapOf } from '../src/lib/bitmap.ts';
import {
  type CustomerDimension,
  createFilterEvaluator,
  customerDimensions,
  dayOf,
  type FilterEvaluator,
} from '../src/modules/filters/index.ts';
import type { BenchContext } from './support/context.ts';
import { type BenchResult, median } from './support/report.ts';

const institutionId = 'BENCH';
const rounds = 9;
const warmUpRounds = 2;
const warmMsMax = 100;
const memory = { columnBytesMax: 2 ** 30, bitmapBytesMax: 2 ** 28 };
const dimensions = customerDimensions(dayOf(new Date()));

/**
 * Every dimension of an audience of half the base against one statement of SQL that groups by the same bands (grouping
 * sets, parallel workers and all), whose members are in a table. In turns; the median of the ratios within a round counts.
 */
export async function benchInsights(context: BenchContext): Promise<BenchResult> {
  const location = { url: context.databaseUrl, dataDir: join(context.folder, 'data') };
  const database = await openDatabase({ ...location, purpose: 'command' });
  const evaluator = createFilterEvaluator({ database, memory });
  try {
    const members = randomHalf(context.customers);
    await writeMembers(database, members);
    // The thread runs, and knows nothing.
    const nothing = { clauses: [], audiences: [], wantsMembers: false, readMembers: () => Promise.reject(new Error()) };
    await evaluator.evaluate(institutionId, nothing);
    const cold = await tally(evaluator, members);
    const measured: { ours: number; theirs: number }[] = [];
    for (let round = -warmUpRounds; round < rounds; round += 1) {
      const ours = await tally(evaluator, members);
      const theirs = await group(database);
      if (ours.ages !== theirs.ages) throw new Error('the counts differ');
      if (round >= 0) measured.push({ ours: ours.ms, theirs: theirs.ms });
    }
    const value = median(measured.map(({ ours }) => ours));
    const floor = { name: 'one grouping statement, ms', value: median(measured.map(({ theirs }) => theirs)) };
    return {
      bench: 'insights',
      engine: context.engine,
      parameters: { customers: context.customers, members: members.length },
      figures: [
        {
          name: 'every dimension, columns in memory',
          value,
          unit: 'ms',
          floor,
          ratio: median(measured.map(({ ours, theirs }) => ours / theirs)),
          target: { text: `at most ${warmMsMax} ms`, met: value <= warmMsMax },
        },
        {
          name: 'every dimension, no column read yet',
          value: cold.ms,
          unit: 'ms',
          floor,
          ratio: cold.ms / floor.value,
        },
      ],
    };
  } finally {
    await evaluator.close();
    await database.close();
  }
}

interface Timed {
  readonly ms: number;
  /** The counts of the age bands, to be compared. */
  readonly ages: string;
}

async function tally(evaluator: FilterEvaluator, members: Uint32Array): Promise<Timed> {
  const from = performance.now();
  const { columns } = await evaluator.tally(institutionId, {
    audience: { audienceId: 'bench', version: 1 },
    orders: dimensions.map(({ order }) => order),
    readMembers: async () => {
      using bitmap = bitmapOf(members);
      return bitmapBytes(bitmap);
    },
  });
  const ms = performance.now() - from;
  const ages = columns[0]?.cells.map(({ memberCount, baseCount }) => [memberCount, baseCount]);
  return { ms, ages: JSON.stringify(ages) };
}

async function group(database: OpenDatabase): Promise<Timed> {
  const bounds = (name: CustomerDimension['name']) => {
    const order = dimensions.find((dimension) => dimension.name === name)?.order;
    return order?.by === 'bands' ? `array[${order.bounds.join()}]` : 'array[]';
  };
  const products = [0, 1, 2, 3, 4, 5].flatMap((bit) => {
    const owns = `filter (where product_types & ${1 << bit} <> 0)`;
    return [`count(*) ${owns}`, `count(member.ordinal) ${owns}`];
  });
  const text = `select grouping(age, region_code, tenure, deposits) as sets, age, count(*)::integer as base, count(member.ordinal)::integer as members,
      ${products.map((product, index) => `${product} as product${index}`).join()}
    from (select ordinal, width_bucket(birth_year, ${bounds('ageBand')}) as age, region_code,
        width_bucket(customer_since - date '1970-01-01', ${bounds('tenureBand')}) as tenure,
        width_bucket(total_deposits, ${bounds('depositsBand')}::bigint[]) as deposits, product_types
      from customer left join customer_measure using (institution_id, ordinal)
      where institution_id = '${institutionId}') banded
    left join bench_member member on member.ordinal = banded.ordinal
    group by grouping sets ((age), (region_code), (tenure), (deposits), ())`;
  const from = performance.now();
  const { rows } = await database.asOperator((tx) =>
    tx.client.query<{ sets: number; age: number | null; base: number; members: number }>(text),
  );
  const ms = performance.now() - from;
  // Bits of the columns that a row does not group by: all but the first.
  const byAge = rows.filter(({ sets, age }) => sets === 0b0111 && age !== null);
  const counts = Array.from({ length: 8 }, (_none, band) => {
    const row = byAge.find(({ age }) => age === band);
    return [row?.members ?? 0, row?.base ?? 0];
  });
  return { ms, ages: JSON.stringify(counts) };
}

async function writeMembers(database: OpenDatabase, members: Uint32Array): Promise<void> {
  await database.asOperator(async (tx) => {
    await tx.client.query('create table bench_member (ordinal integer primary key)');
    await tx.client.query('insert into bench_member select unnest($1::integer[])', [`{${members.join()}}`]);
  });
  await database.withConnection((client) => client.query('analyze bench_member'));
}

function randomHalf(customers: number): Uint32Array {
  return Uint32Array.from({ length: customers }, (_none, ordinal) => ordinal).filter(() => Math.random() < 0.5);
}
