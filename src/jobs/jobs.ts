import { PgBoss } from 'pg-boss';
import type { OpenDatabase } from '../db/database.ts';
import { databaseErrorCode } from '../db/error-facts.ts';
import { jobSchema } from '../db/job-schema.ts';
import type { InstitutionTx } from '../db/transaction.ts';
import { Problem } from '../lib/problem.ts';
import { StartRefused } from '../lib/start-refused.ts';
import { type JobTiming, jobTiming, queueOptions, retriesMax } from './job-timing.ts';

export interface JobContext {
  /** Aborted when the job was taken from this process (its heartbeat was late) or the server stops. */
  readonly signal: AbortSignal;
  /** After this run the job is not tried again: what it stood for must be ended here, or nobody ends it. */
  readonly isLastTry: boolean;
}

/** Must be repeatable: a job runs again after a failure, and after its process was killed. */
export type JobHandler = (data: unknown, context: JobContext) => Promise<void>;

export interface EnqueueOptions {
  /**
   * One job of this key runs at a time, and one waits: a further one while another waits is dropped, because the
   * waiting one will see the same state.
   */
  readonly singletonKey: string;
}

export interface JobFailure {
  readonly queue?: string;
  readonly error: unknown;
}

export interface Jobs {
  /** Makes the queues and begins to work. @throws StartRefused when the schema of the jobs is not there. */
  start(): Promise<void>;
  /** Takes no new job and waits for the running ones; what is left at the timeout is given back. */
  stop(options: { timeoutMs: number }): Promise<void>;
  /**
   * Puts a job into the transaction that made its work: both commit or none. The data holds ids, never a value of
   * a customer: the job tables are readable to the application role of every institution.
   */
  enqueue(tx: InstitutionTx, queue: string, data: object, options: EnqueueOptions): Promise<void>;
  /** Declares a queue and who works on it; before `start`. */
  work(queue: string, handler: JobHandler): void;
  /** Looks for jobs of the queue now instead of at the next poll; call it after the commit. */
  wake(queue: string): void;
}

export interface JobsOptions {
  readonly database: OpenDatabase;
  /** Hears of each failed run; `error` may quote values, so log its facts only. */
  readonly onFailure?: (failure: JobFailure) => void;
  readonly timing?: Partial<JobTiming>;
}

/** Background work on the same database: pg-boss, whose tables the migration made. */
export function createJobs({ database, onFailure = () => {}, timing: given = {} }: JobsOptions): Jobs {
  const timing = { ...jobTiming, ...given };
  const handlers = new Map<string, JobHandler>();
  const workers = new Map<string, string>();
  const boss = createBoss(database, timing);
  boss.on('error', (error) => onFailure({ error }));
  let started = false;

  async function startQueue(queue: string, handler: JobHandler): Promise<void> {
    const options = queueOptions(timing);
    await boss.createQueue(queue, { policy: 'stately', ...options });
    await boss.updateQueue(queue, options);
    const worker = await boss.work<object>(queue, { pollingIntervalSeconds: timing.pollSeconds }, async (jobs) => {
      for (const job of jobs) {
        await handler(job.data, { signal: job.signal, isLastTry: job.retryCount >= retriesMax }).catch(
          (error: unknown) => {
            onFailure({ queue, error });
            throw scrubbed(error);
          },
        );
      }
    });
    workers.set(queue, worker);
  }

  return {
    async start() {
      await boss.start().catch((cause: unknown) => {
        if (cause instanceof Problem || databaseErrorCode(cause) !== undefined) throw cause;
        throw new StartRefused('the database lacks the schema of the jobs: run "rollcall migrate"', { cause });
      });
      if (database.engine === 'embedded') await giveBackJobs(database, boss);
      for (const [queue, handler] of handlers) await startQueue(queue, handler);
      started = true;
    },
    async stop({ timeoutMs }) {
      started = false;
      await boss.stop({ graceful: true, close: false, timeout: timeoutMs });
    },
    async enqueue(tx, queue, data, { singletonKey }) {
      if (!started || !handlers.has(queue)) throw new Error(`no work on queue ${queue} was declared and started`);
      const db = { executeSql: (text: string, values?: unknown[]) => tx.client.query(text, values) };
      await boss.send(queue, data, { singletonKey, db });
    },
    work(queue, handler) {
      if (started || handlers.has(queue)) throw new Error(`work on queue ${queue} is declared once, before the start`);
      handlers.set(queue, handler);
    },
    wake(queue) {
      const worker = workers.get(queue);
      if (worker !== undefined) boss.notifyWorker(worker);
    },
  };
}

function createBoss(database: OpenDatabase, timing: JobTiming): PgBoss {
  const embedded = database.engine === 'embedded';
  return new PgBoss({
    db: { executeSql: (text, values) => database.withConnection((client) => client.query(text, values)) },
    backend: embedded ? 'pglite' : 'postgres',
    schema: jobSchema,
    // The migration runner does that.
    migrate: false,
    schedule: false,
    registerInstance: false,
    superviseIntervalSeconds: timing.superviseSeconds,
    monitorIntervalSeconds: timing.superviseSeconds,
    // Both watch a server that others share; the embedded one is ours alone.
    monitorVacuum: !embedded,
    reindex: !embedded,
  });
}

/**
 * The embedded engine has one server process, this one, and it has just started: whatever is marked as running belongs
 * to a dead process, and need not wait for its heartbeat to be missed.
 */
async function giveBackJobs(database: OpenDatabase, boss: PgBoss): Promise<void> {
  await database.asOperator((tx) =>
    tx.client.query(`update ${jobSchema}.job set heartbeat_on = 'epoch' where state = 'active';
      update ${jobSchema}.queue set monitor_claim_on = null`),
  );
  await boss.supervise();
}

/** pg-boss stores the error of a failed run: only its kind and code may get there, messages quote values. */
function scrubbed(error: unknown): Error {
  const name = error instanceof Error ? error.name : 'unknown error';
  const code = databaseErrorCode(error);
  const plain = new Error(code === undefined ? name : `${name} ${code}`);
  plain.stack = '';
  return plain;
}
