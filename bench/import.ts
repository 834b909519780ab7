import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { BenchContext } from './support/context.ts';
import { floorOfImport } from './support/import-floor.ts';
import { taxIdList } from './support/lists.ts';
import { type BenchResult, type Figure, median } from './support/report.ts';

const rounds = 3;
const loopDelayMsMax = 50;
const ratioMax = 1.5;
const linesPerSecondAmbition = 250_000;
const memoryOverIdleMax = 256 * 2 ** 20;
const bytesPerLineMax = 48;

interface Measured {
  readonly seconds: number;
  readonly loopDelayMs: number;
  readonly peakBytes: number;
  readonly healthMs: number;
}

/** Import end to end over HTTP, against the SQL that one would write by hand on the same server. */
export async function benchImport(context: BenchContext): Promise<BenchResult> {
  const list = Buffer.concat([...taxIdList(context)]);
  const idleBytes = context.server.residentBytes();
  const bodies = { json: jsonBody(list), csv: list };
  const runs: Record<'json' | 'csv', Measured[]> = { json: [], csv: [] };
  const floors: number[] = [];
  // Interleaved: a noisy neighbour hits each side alike.
  for (let round = 0; round < rounds; round += 1) {
    if (context.databaseUrl !== undefined) floors.push(await floorOf(context, context.databaseUrl));
    runs.json.push(await measure(context, () => importJson(context, bodies.json)));
    runs.csv.push(await measure(context, () => importCsv(context, bodies.csv)));
  }
  const floor = floors.length === 0 ? undefined : median(floors);
  const figures = (['json', 'csv'] as const).flatMap((kind) =>
    figuresOf(context, { kind, runs: runs[kind], floor, idleBytes }),
  );
  if (context.databaseUrl !== undefined) figures.push(await bytesPerLine(context));
  return {
    bench: 'import',
    engine: context.engine,
    parameters: { customers: context.customers, lines: context.lines },
    figures,
  };
}

async function floorOf(context: BenchContext, databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await floorOfImport(client, context);
  } finally {
    await client.end();
  }
}

function jsonBody(list: Buffer): Buffer {
  const fields = { identifierType: 'taxIdNumber', fileName: 'bench.csv', content: list.toString('base64') };
  // The name comes last and has a fixed length, so that each request can have its own without building the body anew.
  return Buffer.from(`${JSON.stringify(fields).slice(0, -1)},"name":"${'#'.repeat(16)}"}`);
}

async function importJson(context: BenchContext, body: Buffer): Promise<Response> {
  body.write(randomBytes(8).toString('hex'), body.length - 18);
  const headers = { 'content-type': 'application/json' };
  return await context.server.fetch('/service/importedCustomerAudiences', {
    method: 'POST',
    headers,
    body: new Uint8Array(body),
  });
}

async function importCsv(context: BenchContext, body: Buffer | ReadableStream): Promise<Response> {
  const query = new URLSearchParams({
    identifierType: 'taxIdNumber',
    fileName: 'bench.csv',
    name: randomBytes(8).toString('hex'),
  });
  const init = { method: 'POST', headers: { 'content-type': 'text/csv' }, duplex: 'half' } as const;
  return await context.server.fetch(`/service/importedCustomerAudiences?${query}`, {
    ...init,
    body: body instanceof Buffer ? new Uint8Array(body) : body,
  });
}

async function measure(context: BenchContext, run: () => Promise<Response>): Promise<Measured> {
  const { server } = context;
  await server.loopDelayMs();
  server.resetPeak();
  const health = watchHealth(context);
  const from = performance.now();
  const answer = await run();
  const body: unknown = await answer.json();
  const seconds = (performance.now() - from) / 1_000;
  const healthMs = await health.stop();
  if (answer.status !== 201)
    throw new Error(`the import answered ${answer.status}: ${JSON.stringify(body).slice(0, 300)}`);
  return { seconds, healthMs, peakBytes: server.peakBytes(), loopDelayMs: await server.loopDelayMs() };
}

/** Asks for /healthz all the time and remembers the slowest answer. */
function watchHealth(context: BenchContext) {
  let slowestMs = 0;
  let running = true;
  const loop = (async () => {
    while (running) {
      const from = performance.now();
      const answer = await fetch(`${context.server.address}/healthz`);
      if (!answer.ok) throw new Error('the server was not healthy while it imported');
      slowestMs = Math.max(slowestMs, performance.now() - from);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
  return {
    async stop() {
      running = false;
      await loop;
      return slowestMs;
    },
  };
}

function figuresOf(
  context: BenchContext,
  measured: { kind: string; runs: readonly Measured[]; floor: number | undefined; idleBytes: number },
): Figure[] {
  const { kind, runs, floor, idleBytes } = measured;
  const seconds = median(runs.map((run) => run.seconds));
  const speed = context.lines / seconds;
  const delay = median(runs.map((run) => run.loopDelayMs));
  const peak = Math.max(...runs.map((run) => run.peakBytes)) - idleBytes;
  const isEmbedded = context.engine === 'embedded';
  return [
    {
      name: `import by ${kind}`,
      value: seconds,
      unit: 's',
      ...(floor === undefined
        ? {}
        : {
            floor: { name: 'SQL by hand, s', value: floor },
            ratio: seconds / floor,
            target: { text: `at most ${ratioMax}x`, met: seconds / floor <= ratioMax },
          }),
    },
    {
      name: `  lines a second (${kind})`,
      value: speed,
      unit: 'lines/s',
      ...(isEmbedded
        ? {}
        : { target: { text: `ambition ${linesPerSecondAmbition}`, met: speed >= linesPerSecondAmbition } }),
    },
    {
      name: `  event loop p99 (${kind})`,
      value: delay,
      unit: 'ms',
      target: { text: `at most ${loopDelayMsMax} ms`, met: delay <= loopDelayMsMax },
    },
    { name: `  slowest /healthz (${kind})`, value: Math.max(...runs.map((run) => run.healthMs)), unit: 'ms' },
    {
      name: `  peak memory over idle (${kind})`,
      value: peak / 2 ** 20,
      unit: 'MiB',
      ...(isEmbedded ? {} : { target: { text: 'at most 256 MiB', met: peak <= memoryOverIdleMax } }),
    },
  ];
}

/** What each further line of a streamed list costs at the peak: five times the lines against once. */
async function bytesPerLine(context: BenchContext): Promise<Figure> {
  const peakOf = async (lines: number) => {
    context.server.resetPeak();
    const chunks = taxIdList({ lines, customers: context.customers });
    const answer = await importCsv(context, ReadableStream.from(chunks));
    await answer.arrayBuffer();
    if (answer.status !== 201) throw new Error(`the streamed import answered ${answer.status}`);
    return context.server.peakBytes();
  };
  const small = await peakOf(context.lines);
  const large = await peakOf(context.lines * 5);
  const value = (large - small) / (context.lines * 4);
  return {
    name: `memory a further line (${context.lines * 5} against ${context.lines} lines)`,
    value,
    unit: 'B',
    target: { text: `at most ${bytesPerLineMax} B`, met: value <= bytesPerLineMax },
  };
}
