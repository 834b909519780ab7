import { parseArgs } from 'node:util';
import type { Engine } from '../src/db/transaction.ts';
import { type PointReport, runFaults } from '../test/faults/fault-run.ts';
import { createEmbeddedSource } from '../test/support/embedded-source.ts';
import { engineNames, skipReason } from '../test/support/engine-choice.ts';
import type { DatabaseSource } from '../test/support/engines.ts';
import { createPostgresqlSource } from '../test/support/postgresql-source.ts';

// npm run faults [-- --points N] [--engine embedded,postgresql]: kills a server at N moments of an import and at N of a
// load on each engine, starts it again and compares what is there with what was promised. Exit code 1 when it differs.

const pointsDefault = 20;
/** Large enough that each step of an operation takes a few milliseconds at least. */
const size = { customers: 4_000, lines: 3_000, loaded: 2_000 };

const { values } = parseArgs({
  options: {
    points: { type: 'string', default: String(pointsDefault) },
    engine: { type: 'string', default: engineNames.join(',') },
  },
});

const points = Number(values.points);
if (!Number.isInteger(points) || points < 1) fail('--points must be a whole number from 1');
const wanted = values.engine.split(',');
for (const name of wanted) if (!engineNames.some((known) => known === name)) fail(`there is no engine of this name`);

const summary: { engine: string; kills: number; whole: number; none: number; violations: number }[] = [];
for (const engine of engineNames.filter((name) => wanted.includes(name))) {
  const reason = skipReason(engine);
  if (reason === undefined) await faultsOf(engine);
  else process.stdout.write(`engine ${engine}: SKIPPED (${reason})\n`);
}
process.stdout.write('\n');
for (const { engine, kills, whole, none, violations } of summary) {
  process.stdout.write(
    `${engine}: ${kills} kills, ${whole} left the whole, ${none} nothing, ${violations} a violation\n`,
  );
}
process.exitCode = summary.every(({ violations }) => violations === 0) ? 0 : 1;

async function faultsOf(engine: Engine): Promise<void> {
  const source: DatabaseSource = engine === 'embedded' ? createEmbeddedSource() : createPostgresqlSource();
  const location = await source.locate();
  try {
    const onPoint = (report: PointReport) => process.stdout.write(`${engine.padEnd(11)}${line(report)}\n`);
    const reports = await runFaults({ location, size, points, together: false, onPoint });
    const found = reports.flatMap((report) => report.found);
    const violations = reports.filter(({ violation }) => violation !== undefined).length;
    const whole = found.filter((state) => state.startsWith('whole')).length;
    summary.push({ engine, kills: reports.length, whole, none: found.length - whole, violations });
  } finally {
    await location.remove();
    await source.stop();
  }
}

function line({ name, killedAtMs, found, repeated, violation }: PointReport): string {
  const facts = `${name.padEnd(14)}${killedAtMs.toFixed(0).padStart(6)} ms  ${found.join('; ').padEnd(22)}`;
  return violation === undefined ? `${facts}${repeated.join('; ')}` : `${facts}VIOLATION ${violation}`;
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
