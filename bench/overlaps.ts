import { join } from 'node:path';
import type { OpenDatabase } from '../src/db/database.ts';
import { openDatabase } from '../src/db/open.ts';
import { bitmapBytes, bitmapFrom, bitmapOf } from '../src/lib/bitmap.ts';
import { randomId } from '../src/lib/id.ts';
import { insertImportedAudience } from '../src/modules/audiences/index.ts';
import { countOverlaps } from '../src/modules/audiences/overlaps/overlap-counts.ts';
import type { BenchContext } from './support/context.ts';
import { type BenchResult, median } from './support/report.ts';

const institutionId = 'BENCH';
const many = { audiences: 20, members: 500_000, ordinals: 2_000_000 };
const two = { audiences: 2, members: 1_000_000, ordinals: 2_000_000 };
const rounds = 9;
const warmUpRounds = 3;
const manyMsMax = 1_000;
const twoMsMax = 20;
const loopDelayMsMax = 50;
const nobody = new Uint8Array();

/**
 * Every overlap of 20 audiences over HTTP against what a caller would do by hand with the same database: read the
 * bitmaps and AND each pair, which gives the pairs and none of the intersections. In turns; the median of the ratios
 * within a round counts. Ordinals are drawn at random: a harder case than real audiences, whose members are alike, with
 * some 280,000 different intersections.
 */
export async function benchOverlaps(context: BenchContext): Promise<BenchResult> {
  const location = { url: context.databaseUrl, dataDir: join(context.folder, 'data') };
  const database = await openDatabase({ ...location, purpose: 'command' });
  try {
    const ids = await seedSets(database, many);
    const path = `/service/customerAudienceOverlaps?audiences=${ids.join()}`;
    const service = () => timed(async () => await readAnswer(context, path));
    const byHand = () => timed(async () => await andPairs(database, ids));
    await context.server.loopDelayMs();
    const measured = await takeTurns(service, byHand);
    const loopDelayMs = await context.server.loopDelayMs();
    const processor = await countAlone(many);
    const pair = await countAlone(two);
    return {
      bench: 'overlaps',
      engine: context.engine,
      parameters: { audiences: many.audiences, members: many.members, ordinals: many.ordinals },
      figures: [
        {
          name: 'every overlap, over HTTP',
          value: measured.ms,
          unit: 'ms',
          floor: { name: 'read and AND all pairs, ms', value: measured.floorMs },
          ratio: measured.ratio,
          target: { text: `at most ${manyMsMax} ms`, met: measured.ms <= manyMsMax },
        },
        {
          name: 'event loop p99 meanwhile',
          value: loopDelayMs,
          unit: 'ms',
          target: { text: `at most ${loopDelayMsMax} ms`, met: loopDelayMs <= loopDelayMsMax },
        },
        {
          name: 'counting alone, processor time',
          value: processor.ms,
          unit: 'ms',
          floor: { name: 'AND all pairs, ms', value: processor.floorMs },
          ratio: processor.ratio,
        },
        {
          name: `two sets of ${two.members} counted, processor time`,
          value: pair.ms,
          unit: 'ms',
          floor: { name: 'one AND, ms', value: pair.floorMs },
          ratio: pair.ratio,
          target: { text: `at most ${twoMsMax} ms`, met: pair.ms <= twoMsMax },
        },
      ],
    };
  } finally {
    await database.close();
  }
}

/** Without the database and HTTP; by processor time, which others on the machine do not lengthen. */
async function countAlone(size: typeof many): Promise<{ ms: number; floorMs: number; ratio: number }> {
  const sets = Array.from({ length: size.audiences }, () => randomSet(size));
  return await takeTurns(
    async () => processorMs(() => countOverlaps({ audiences: sets, gone: nobody })),
    async () => processorMs(() => andAll(sets)),
  );
}

function processorMs(work: () => unknown): number {
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1_000;
}

async function takeTurns(
  service: () => Promise<number>,
  floor: () => Promise<number>,
): Promise<{ ms: number; floorMs: number; ratio: number }> {
  const measured: { service: number; floor: number }[] = [];
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    const times = { service: await service(), floor: await floor() };
    if (round >= 0) measured.push(times);
  }
  return {
    ms: median(measured.map((times) => times.service)),
    floorMs: median(measured.map((times) => times.floor)),
    ratio: median(measured.map((times) => times.service / times.floor)),
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

async function readAnswer(context: BenchContext, path: string): Promise<void> {
  const answer = await context.server.fetch(path);
  if (!answer.ok) throw new Error(`overlaps answered ${answer.status}`);
  await answer.text();
}

async function andPairs(database: OpenDatabase, ids: readonly string[]): Promise<number> {
  const sets: Uint8Array[] = [];
  await database.withConnection(async (client) => {
    for (const id of ids) {
      const { rows } = await client.query<{ members: Buffer }>(
        'select members from audience_version where institution_id = $1 and audience_id = $2 and version = 1',
        [institutionId, id],
      );
      for (const row of rows) sets.push(row.members);
    }
  });
  return andAll(sets);
}

function andAll(sets: readonly Uint8Array[]): number {
  using opened = new DisposableStack();
  const bitmaps = sets.map((bytes) => opened.use(bitmapFrom(bytes)));
  let customers = 0;
  for (const [index, first] of bitmaps.entries()) {
    for (const second of bitmaps.slice(index + 1)) customers += first.andCardinality(second);
  }
  return customers;
}

async function seedSets(database: OpenDatabase, size: typeof many): Promise<string[]> {
  const ids = Array.from({ length: size.audiences }, randomId);
  for (const id of ids) {
    await database.inInstitution(institutionId, (tx) =>
      insertImportedAudience(tx, {
        id,
        name: `Overlaps ${id}`,
        description: null,
        identifierType: 'coreCustomerId',
        fileName: 'overlaps.csv',
        importId: randomId(),
        members: randomSet(size),
        memberLines: null,
        customerCount: size.members,
        customerVersion: 1,
        at: new Date(),
        by: 'bench',
      }),
    );
  }
  return ids;
}

function randomSet(size: { members: number; ordinals: number }): Uint8Array {
  const isMember = new Uint8Array(size.ordinals);
  for (let left = size.members; left > 0; ) {
    const ordinal = Math.floor(Math.random() * size.ordinals);
    if (isMember[ordinal] === 1) continue;
    isMember[ordinal] = 1;
    left -= 1;
  }
  const ordinals = new Uint32Array(size.members);
  let rank = 0;
  for (const [ordinal, is] of isMember.entries()) {
    if (is === 0) continue;
    ordinals[rank] = ordinal;
    rank += 1;
  }
  using members = bitmapOf(ordinals);
  return bitmapBytes(members);
}
