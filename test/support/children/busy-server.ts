import { migrate } from '../../../src/db/migrate.ts';
import { openDatabase } from '../../../src/db/open.ts';
import { createJobs } from '../../../src/jobs/jobs.ts';

// A server process for tests of crashes: does what its parameter says and reports each step as a line of JSON.
// mode 'job': runs a job that never ends. 'write': commits one row after another. 'hold': keeps a transaction open.
// 'open': opens, migrates, says so and waits. 'once': opens, migrates, ends.
const { url, dataDir, mode, purpose = 'server' } = JSON.parse(process.argv[2] ?? '{}');

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? `${error.name}: ${error.message}` : 'failed'}\n`);
  process.exit(1);
}

async function run(): Promise<void> {
  const database = await openDatabase({ url, dataDir, purpose });
  const applied = mode === 'open' || mode === 'once' ? await migrate(database) : [];
  report({ step: 'opened', applied });
  if (mode === 'once') await database.close();
  if (mode === 'open') setInterval(() => {}, 60_000);
  if (mode === 'job') {
    const jobs = createJobs({ database, timing: { pollSeconds: 0.5, heartbeatSeconds: 10 } });
    jobs.work('endless', async () => {
      report({ step: 'running' });
      await new Promise(() => {});
    });
    await jobs.start();
    await database.inInstitution('ALPHA', (tx) =>
      jobs.enqueue(tx, 'endless', { importId: 'i1' }, { singletonKey: 'i1' }),
    );
    jobs.wake('endless');
  }
  if (mode === 'write') {
    for (let written = 1; ; written += 1) {
      const id = `I${written}`;
      await database.asOperator((tx) =>
        tx.db
          .insertInto('institution')
          .values({ id, name: id, created_at: new Date(0) })
          .execute(),
      );
      report({ step: 'written', id });
    }
  }
  if (mode === 'hold') {
    await database.asOperator(async (tx) => {
      await tx.db
        .insertInto('institution')
        .values({ id: 'HELD', name: 'Held', created_at: new Date(0) })
        .execute();
      report({ step: 'holding' });
      await new Promise((resolve) => setTimeout(resolve, 60_000));
    });
  }
}

function report(step: object): void {
  process.stdout.write(`${JSON.stringify(step)}\n`);
}
