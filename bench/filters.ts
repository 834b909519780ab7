import { join } from 'node:path';
import type { OpenDatabase } from '../src/db/database.ts';
import { openDatabase } from '../src/db/open.ts';
import {
  builtInFilterTypes,
  checkFilters,
  createFilterEvaluator,
  dayOf,
  type FilterBody,
  type FilterEvaluator,
} from '../src/modules/filters/index.ts';
import type { BenchContext } from './support/context.ts';
import { type BenchResult, type Figure, median } from './support/report.ts';

const institutionId = 'BENCH';
const rounds = 9;
/** A round whose filters have been asked before. */
const known = 98;
const memory = { columnBytesMax: 2 ** 30, bitmapBytesMax: 2 ** 28 };
const today = dayOf(new Date());
const year = new Date().getUTCFullYear();

/** A filter and the condition that says the same in SQL; `round` makes it a new one each time. */
interface Question {
  readonly filter: (round: number) => FilterBody;
  readonly condition: (round: number) => string;
}

const leaf = (name: string, operator: string, ...values: (string | number)[]): FilterBody => ({
  filterType: { name },
  operator,
  values,
});

const postalCodes = (round: number) =>
  Array.from({ length: 300 }, (_, index) => `27${String((index * 3 + round) % 1_000).padStart(3, '0')}`);

const ages: Question = {
  filter: (round) => leaf('customerAge', 'between', 30 + (round % 40), 70 + (round % 40)),
  condition: (round) => `birth_year between ${year - 70 - (round % 40)} and ${year - 30 - (round % 40)}`,
};

const questions: readonly Question[] = [
  {
    filter: (round) => leaf('postalCode', 'in', ...postalCodes(round)),
    condition: (round) => `postal_code = any('{${postalCodes(round).join(',')}}')`,
  },
  ages,
  {
    filter: (round) => leaf('customerSince', 'lessThan', `2018-01-${String((round % 20) + 10)}`),
    condition: (round) => `customer_since < date '2018-01-${String((round % 20) + 10)}'`,
  },
  {
    filter: (round) => leaf('regionCode', 'notEquals', `R${round}`),
    condition: (round) => `region_code <> 'R${round}'`,
  },
  {
    filter: (round) => leaf('customerAge', 'notIn', 20 + (round % 40), 35 + (round % 40)),
    condition: (round) => `birth_year not in (${year - 20 - (round % 40)}, ${year - 35 - (round % 40)})`,
  },
];

/** Both sides of a comparison, over the same base. */
interface Sides {
  readonly evaluator: FilterEvaluator;
  readonly database: OpenDatabase;
}

interface Timed {
  readonly customerCount: number;
  readonly ms: number;
}

/**
 * Counts by filters against `count(*)` with the same conditions on the same database, in turns; the median of the
 * ratios within a round counts. The floor uses the server as it is set up, parallel workers too.
 */
export async function benchFilters(context: BenchContext): Promise<BenchResult> {
  const location = { url: context.databaseUrl, dataDir: join(context.folder, 'data') };
  const database = await openDatabase({ ...location, purpose: 'command' });
  const evaluator = createFilterEvaluator({ database, memory });
  try {
    return {
      bench: 'filters',
      engine: context.engine,
      parameters: { customers: context.customers },
      figures: await figures({ evaluator, database }),
    };
  } finally {
    await evaluator.close();
    await database.close();
  }
}

async function figures(sides: Sides): Promise<Figure[]> {
  const one = {
    filters: (round: number) => [ages.filter(round)],
    conditions: (round: number) => [ages.condition(round)],
  };
  const five = {
    filters: (round: number) => questions.map((question) => question.filter(round)),
    conditions: (round: number) => questions.map((question) => question.condition(round)),
  };
  const edited = {
    filters: (round: number) => [...five.filters(known).slice(0, 4), ages.filter(round + rounds)],
    conditions: (round: number) => [...five.conditions(known).slice(0, 4), ages.condition(round + rounds)],
  };
  const cold = [
    await compare(sides, { name: 'one filter, its column not read yet', max: 1.3, ...one, isCold: true }),
    await compare(sides, { name: 'five filters, their columns not read yet', ...five, isCold: true }),
  ];
  // Reads the columns, and makes the filters known that are asked again.
  await evaluate(sides.evaluator, five.filters(known));
  const warm = [
    await compare(sides, { name: 'one filter', max: 1.3, ...one }),
    await compare(sides, { name: 'five filters', max: 1, ...five }),
    await compare(sides, { name: 'five filters, one of them edited', max: 0.35, ...edited }),
  ];
  const again: number[] = [];
  for (let round = 0; round < rounds; round += 1) again.push((await evaluate(sides.evaluator, five.filters(known))).ms);
  const ms = median(again);
  const target = { text: 'under 20 ms', met: ms < 20 };
  return [...cold, ...warm, { name: 'five filters, all of them known', value: ms, unit: 'ms', target }];
}

interface Comparison {
  readonly name: string;
  /** The highest ratio that is a success. */
  readonly max?: number;
  readonly filters: (round: number) => readonly FilterBody[];
  readonly conditions: (round: number) => readonly string[];
  /** Whether each round begins with nothing in memory but a thread that runs. */
  readonly isCold?: boolean;
}

async function compare({ evaluator, database }: Sides, comparison: Comparison): Promise<Figure> {
  const measured: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const used = comparison.isCold === true ? createFilterEvaluator({ database, memory }) : evaluator;
    if (used !== evaluator) await evaluate(used, []);
    const ours = await evaluate(used, comparison.filters(round));
    if (used !== evaluator) await used.close();
    const theirs = await count(database, comparison.conditions(round));
    if (ours.customerCount !== theirs.customerCount) throw new Error(`${comparison.name}: the counts differ`);
    measured.push({ ours: ours.ms, theirs: theirs.ms });
  }
  const ratio = median(measured.map(({ ours, theirs }) => ours / theirs));
  const { max } = comparison;
  return {
    name: comparison.name,
    value: median(measured.map(({ ours }) => ours)),
    unit: 'ms',
    floor: { name: 'count(*), ms', value: median(measured.map(({ theirs }) => theirs)) },
    ratio,
    ...(max === undefined ? {} : { target: { text: `at most ${max}x`, met: ratio <= max } }),
  };
}

async function evaluate(evaluator: FilterEvaluator, filters: readonly FilterBody[]): Promise<Timed> {
  const { clauses } = checkFilters(filters, builtInFilterTypes, { today });
  const from = performance.now();
  const { customerCount } = await evaluator.evaluate(institutionId, {
    clauses,
    audiences: [],
    wantsMembers: false,
    readMembers: () => Promise.reject(new Error('no filter asks about members')),
  });
  return { customerCount, ms: performance.now() - from };
}

async function count(database: OpenDatabase, conditions: readonly string[]): Promise<Timed> {
  const where = [`institution_id = '${institutionId}'`, ...conditions].join(' and ');
  const from = performance.now();
  const { rows } = await database.asOperator((tx) =>
    tx.client.query<{ count: number }>(`select count(*)::integer as count from customer where ${where}`),
  );
  return { customerCount: rows[0]?.count ?? 0, ms: performance.now() - from };
}
