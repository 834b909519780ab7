import { glob, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';
import { preparedDirectory } from '../src/db/embedded/data-directory.ts';
import { engineNames, skipReason } from '../test/support/engine-choice.ts';
import { findPostgresqlBinaries, startPostgresqlCluster } from '../test/support/postgresql-cluster.ts';
import { clusterVariable } from '../test/support/postgresql-source.ts';

// npm test [-- FILE...]: every test file, in four processes; exit code 1 when one fails or when there is none.
//
// A process of its own for each file would start both engines each time (3 s). So the files are dealt out to four
// generated files that import them, each inside a suite of its own: hooks at the top of a file stay its own.

/** Half of the time a test waits, for an engine or a second to pass: twice the two cores of CI. */
const processes = 4;
const patterns = [
  'src/**/*.test.ts',
  'portal/src/**/*.test.ts',
  'test/**/*.test.ts',
  'examples/**/*.test.ts',
  'bench/**/*.test.ts',
];
const testTimeoutMs = 120_000;
/** What a failed test left open can keep its process alive for ever; the run then ends red instead of not at all. */
const runTimeoutMs = 40 * 60_000;
const root = join(import.meta.dirname, '..');

interface Coverage {
  readonly summary: { readonly totals: { readonly totalLineCount: number; readonly coveredLineCount: number } };
}

/** A file in the one suite that `groupSource` makes of it. */
interface Finished {
  readonly name: string;
  readonly nesting: number;
  readonly details: { readonly duration_ms: number; readonly type?: string };
}

const slowestShown = 8;
const durations: { readonly file: string; readonly seconds: number }[] = [];
let failed = false;
let coverage: Coverage | undefined;

const files = process.argv.length > 2 ? process.argv.slice(2) : await findFiles();
if (files.length === 0) {
  process.stderr.write('no test file was found\n');
  process.exit(1);
}
const engines = await prepareEngines();
const groups = await writeGroups(files);
try {
  await runFiles(groups);
} finally {
  for (const group of groups) await rm(group, { force: true });
  await engines.stop();
}
report(files.length);
process.exitCode = failed ? 1 : 0;

async function findFiles(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pattern of patterns) for await (const file of glob(pattern, { cwd: root })) found.push(file);
  return found.sort();
}

/** What is slow and can be shared is made once, before the processes start. */
async function prepareEngines(): Promise<{ stop(): Promise<void> }> {
  await preparedDirectory();
  const binaries = findPostgresqlBinaries();
  const given = process.env.ROLLCALL_TEST_DATABASE_URL !== undefined;
  if (given || binaries === undefined || skipReason('postgresql') !== undefined) return { stop: async () => {} };
  const cluster = await startPostgresqlCluster(binaries);
  process.env[clusterVariable] = cluster.url;
  return cluster;
}

async function writeGroups(all: readonly string[]): Promise<readonly string[]> {
  const folder = join(root, '.cache', 'test-groups');
  await mkdir(folder, { recursive: true });
  const count = Math.min(processes, all.length);
  return await Promise.all(
    Array.from({ length: count }, async (_, group) => {
      const path = join(folder, `group-${process.pid}-${group + 1}.ts`);
      await writeFile(path, groupSource(all.filter((_file, index) => index % count === group)));
      return path;
    }),
  );
}

function groupSource(members: readonly string[]): string {
  const suites = members.map((file) => {
    const url = JSON.stringify(pathToFileURL(join(root, file)).href);
    return `describe(${JSON.stringify(file)}, async () => { await import(${url}); });`;
  });
  // The engines register how they stop with the whole process, not with the first file that wants one.
  const engines = JSON.stringify(pathToFileURL(join(root, 'test/support/engines.ts')).href);
  return [`import { describe } from 'node:test';`, `import ${engines};`, ...suites, ''].join('\n');
}

async function runFiles(groups: readonly string[]): Promise<void> {
  const stream = run({
    files: [...groups],
    concurrency: processes,
    timeout: testTimeoutMs,
    signal: AbortSignal.timeout(runTimeoutMs),
    coverage: true,
    coverageIncludeGlobs: ['src/**/*.ts'],
    coverageExcludeGlobs: ['**/*.test.ts'],
    cwd: root,
  });
  stream.on('test:fail', () => {
    failed = true;
  });
  stream.on('test:complete', ({ name, nesting, details }: Finished) => {
    if (nesting === 0 && details.type === 'suite') durations.push({ file: name, seconds: details.duration_ms / 1_000 });
  });
  stream.on('test:coverage', (data: Coverage) => {
    coverage = data;
  });
  await pipeline(withoutCoverage(stream), new spec(), process.stdout, { end: false });
}

/** Its table of every file would bury the failures. */
async function* withoutCoverage(events: AsyncIterable<unknown>): AsyncIterable<unknown> {
  for await (const event of events) {
    const isCoverage = typeof event === 'object' && event !== null && 'type' in event && event.type === 'test:coverage';
    if (!isCoverage) yield event;
  }
}

function report(fileCount: number): void {
  process.stdout.write(`\n${fileCount} test files; the slowest, in seconds:\n`);
  const slowest = durations.toSorted((a, b) => b.seconds - a.seconds).slice(0, slowestShown);
  for (const { file, seconds } of slowest) process.stdout.write(`${seconds.toFixed(1).padStart(7)}  ${file}\n`);
  if (coverage !== undefined) {
    const { coveredLineCount, totalLineCount } = coverage.summary.totals;
    const percent = ((100 * coveredLineCount) / totalLineCount).toFixed(1);
    process.stdout.write(`lines of src/ covered: ${percent} % of the ${totalLineCount} in files that a test loads\n`);
  }
  for (const name of engineNames) {
    const reason = skipReason(name);
    process.stdout.write(`engine ${name}: ${reason === undefined ? 'ran' : `SKIPPED (${reason})`}\n`);
  }
}
