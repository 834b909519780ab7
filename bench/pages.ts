import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import type { OpenDatabase } from '../src/db/database.ts';
import { openDatabase } from '../src/db/open.ts';
import type { BenchContext } from './support/context.ts';
import { type BenchResult, median } from './support/report.ts';
import { seedAudience } from './support/seed-audience.ts';

const pageRows = 100;
const deepRankWanted = 900_000;
const connections = 8;
const secondsPerRound = 1;
const rounds = 15;
const warmUpRounds = 3;
const barePort = 18_799;
const ratioToBareMin = 0.6;
const deepRatioMax = 1.2;

/**
 * Requests a second for a page of 100 members, at the front and deep inside a large audience, against a bare Fastify
 * route over the same transaction and against the naked query. All take turns in short rounds and are compared within
 * a round, so that what else the machine does falls on each alike; the medians of the rounds count.
 */
export async function benchPages(context: BenchContext): Promise<BenchResult> {
  const location = { url: context.databaseUrl, dataDir: join(context.folder, 'data') };
  const database = await openDatabase({ ...location, purpose: 'command' });
  const bare = await startBareServer(location);
  try {
    const { id, ordinals } = await seedAudience(database);
    const deepRank = Math.min(deepRankWanted, Math.floor((ordinals.length * 0.9) / 1_000) * 1_000);
    const front = `/service/customerAudiences/${id}/customers?limit=${pageRows}`;
    const deep = await pathAtRank(context, id, deepRank);
    const bareUrl = `http://127.0.0.1:${barePort}/page?first=`;
    const measured = await takeTurns({
      bare: () => requestsPerSecond(`${bareUrl}0`),
      front: () => requestsPerSecond(context.server.address + front, context.server.token),
      deep: () => requestsPerSecond(context.server.address + deep, context.server.token),
      bareDeep: () => requestsPerSecond(`${bareUrl}${ordinals[deepRank] ?? 0}`),
      naked: () => queriesPerSecond(database, Array.from(ordinals.subarray(0, pageRows))),
    });
    return resultOf(context, { members: ordinals.length, deepRank }, measured);
  } finally {
    bare.kill('SIGTERM');
    await once(bare, 'exit');
    await database.close();
  }
}

const contestantNames = ['bare', 'front', 'deep', 'bareDeep', 'naked'] as const;
type Contestant = (typeof contestantNames)[number];
/** Of each round the rates of all, in calls a second. */
type Rounds = readonly Readonly<Record<Contestant, number>>[];

function resultOf(context: BenchContext, size: { members: number; deepRank: number }, measured: Rounds): BenchResult {
  const rate = (name: Contestant) => median(measured.map((round) => round[name]));
  const ratio = (name: Contestant, peer: Contestant) => median(measured.map((round) => round[name] / round[peer]));
  const toBare = ratio('front', 'bare');
  const deepToBare = ratio('deep', 'bareDeep');
  const slowdown = ratio('front', 'deep');
  const target = (reached: number) => ({
    text: `at least ${ratioToBareMin}x of the bare route`,
    met: reached >= ratioToBareMin,
  });
  return {
    bench: 'pages',
    engine: context.engine,
    parameters: { customers: context.customers, members: size.members, connections, rows: pageRows },
    figures: [
      {
        name: 'page at rank 0',
        value: rate('front'),
        unit: 'requests/s',
        floor: { name: 'bare route', value: rate('bare') },
        ratio: toBare,
        target: target(toBare),
      },
      {
        name: `page at rank ${size.deepRank}`,
        value: rate('deep'),
        unit: 'requests/s',
        floor: { name: 'bare route', value: rate('bareDeep') },
        ratio: deepToBare,
        target: target(deepToBare),
      },
      {
        name: 'time at the deep rank to time at rank 0',
        value: slowdown,
        unit: 'x',
        target: { text: `at most ${deepRatioMax}x`, met: slowdown <= deepRatioMax },
      },
      {
        name: 'page to the naked query',
        value: rate('front'),
        unit: 'requests/s',
        floor: { name: 'naked query', value: rate('naked') },
        ratio: ratio('front', 'naked'),
      },
    ],
  };
}

async function takeTurns(contestants: Readonly<Record<Contestant, () => Promise<number>>>): Promise<Rounds> {
  const measured: Record<Contestant, number>[] = [];
  for (let round = 0; round < warmUpRounds + rounds; round += 1) {
    const rates: Record<Contestant, number> = { bare: 0, front: 0, deep: 0, bareDeep: 0, naked: 0 };
    for (const name of contestantNames) rates[name] = await contestants[name]();
    if (round >= warmUpRounds) measured.push(rates);
  }
  return measured;
}

async function requestsPerSecond(url: string, token?: string): Promise<number> {
  const result = await autocannon({
    url,
    connections,
    duration: secondsPerRound,
    ...(token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
  });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx + result.errors} requests failed`);
  return result['2xx'] / result.duration;
}

/** The same rows with no HTTP, no transaction and no role, from as many callers at once. */
async function queriesPerSecond(database: OpenDatabase, ordinals: readonly number[]): Promise<number> {
  const from = performance.now();
  const until = from + secondsPerRound * 1_000;
  let queries = 0;
  const caller = () =>
    database.withConnection(async (client) => {
      while (performance.now() < until) {
        await client.query(
          `select ordinal, id, core_customer_id, customer_type, region_code, postal_code, birth_year, customer_since,
            profile from customer where institution_id = $1 and ordinal = any($2::integer[])`,
          ['BENCH', ordinals],
        );
        queries += 1;
      }
    });
  await Promise.all(Array.from({ length: connections }, caller));
  return (queries * 1_000) / (performance.now() - from);
}

/** The address of the page that begins at a rank, as a client comes to it: by walking. */
async function pathAtRank(context: BenchContext, id: string, rank: number): Promise<string> {
  let path = `/service/customerAudiences/${id}/customers?limit=1000`;
  for (let reached = 0; reached < rank; reached += 1_000) {
    const answer = await context.server.fetch(path);
    if (!answer.ok) throw new Error(`a page answered ${answer.status}`);
    const page: { nextPage_url?: string } = JSON.parse(await answer.text());
    if (page.nextPage_url === undefined) throw new Error(`the audience has fewer than ${rank} members`);
    path = page.nextPage_url;
  }
  return path.replace('limit=1000', `limit=${pageRows}`);
}

async function startBareServer(location: { url: string | undefined; dataDir: string }): Promise<ChildProcess> {
  const script = join(import.meta.dirname, 'support', 'bare-pages.ts');
  const engine = location.url === undefined ? ['--data', location.dataDir] : ['--url', location.url];
  const server = spawn(process.execPath, [script, '--port', String(barePort), ...engine], { stdio: 'inherit' });
  const giveUpAt = Date.now() + 30_000;
  while (Date.now() < giveUpAt && server.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${barePort}/page?first=0`).catch(() => undefined);
    if (answer?.ok === true) return server;
    await delay(100);
  }
  server.kill('SIGKILL');
  throw new Error('the bare server did not start');
}
