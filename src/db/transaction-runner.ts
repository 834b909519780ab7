import { setTimeout as delay } from 'node:timers/promises';
import type { Pool, PoolClient } from 'pg';
import { isConnectionLost, isRetryable, publicFailure } from './failure.ts';
import type { TransactionOptions } from './transaction.ts';
import { assertNoTransactionHeld, holdingTransaction } from './transaction-guard.ts';

/** In all, the first run included: five losers of one race get through well before this. */
const attemptsMax = 5;
const lockTimeoutDefaultMs = 5_000;

export interface TransactionRun {
  readonly pool: Pool;
  /** Statements after `begin`, e.g. the role; they travel with it in one message. */
  readonly settings: string;
  readonly options: TransactionOptions;
}

/** Runs the work between begin and commit (or rollback), again on 40001 and 40P01, with jitter. */
export async function runTransaction<T>(
  run: TransactionRun,
  work: (client: PoolClient, isOpen: () => boolean) => Promise<T>,
): Promise<T> {
  assertNoTransactionHeld();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptTransaction(run, work);
    } catch (error) {
      if (!isRetryable(error) || attempt >= attemptsMax) throw publicFailure(error);
      // The losers of one race must not meet again at the same instant.
      await delay(Math.random() * 20 * 2 ** attempt);
    }
  }
}

async function attemptTransaction<T>(
  run: TransactionRun,
  work: (client: PoolClient, isOpen: () => boolean) => Promise<T>,
): Promise<T> {
  const client = await run.pool.connect();
  let open = true;
  let broken = false;
  try {
    // One round trip: page reads pay it every time. SET takes no snapshot, so a repeatable read still begins at the
    // first statement of the work.
    await client.query(beginStatement(run));
    const value = await holdingTransaction(() => work(client, () => open));
    open = false;
    if (run.options.rollBack === true) await client.query('rollback');
    else await commit(client);
    return value;
  } catch (error) {
    open = false;
    broken = isConnectionLost(error) || !(await rolledBack(client));
    throw error;
  } finally {
    client.release(broken);
  }
}

function beginStatement({ settings, options }: TransactionRun): string {
  const isolation = options.isolation === 'repeatable read' ? 'repeatable read' : 'read committed';
  const lockTimeoutMs = Math.trunc(options.lockTimeoutMs ?? lockTimeoutDefaultMs);
  return `begin isolation level ${isolation}; set local lock_timeout = ${lockTimeoutMs}; ${settings}`;
}

/** A statement that failed and was caught leaves the transaction aborted: PostgreSQL then answers COMMIT by ROLLBACK. */
async function commit(client: PoolClient): Promise<void> {
  const { command } = await client.query('commit');
  if (command !== 'COMMIT') throw new Error('a failed statement was ignored: the transaction could not commit');
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}
