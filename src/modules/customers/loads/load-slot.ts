import type { Database, OperatorTx } from '../../../db/transaction.ts';
import type { Clock } from '../../../lib/clock.ts';
import { Problem, type ProblemName, problemTypes } from '../../../lib/problem.ts';
import {
  failAbandonedLoads,
  failExpiredLoads,
  insertRunningLoad,
  type LoadKindName,
  updateRunningLoad,
} from './load-store.ts';

/** A load that is not renewed for this long belongs to a dead process. */
const leaseMs = 30_000;
const renewEveryMs = 2_000;
/** The row is locked while its load publishes, and then needs no renewal. */
const renewalLockTimeoutMs = 200;
const retryAfterSeconds = '10';

interface SlotDeps {
  readonly database: Database;
  readonly clock: Clock;
}

export interface SlotOwner {
  readonly institutionId: string;
  readonly loadId: string;
  readonly kind: LoadKindName;
  readonly mode: 'upsert' | 'replace';
  readonly principalId: string;
}

/** The institution's one place for a running load, of whichever kind; it is held by a lease that is renewed until `stop`. */
export interface LoadSlot {
  /** Shown as progress with the next renewal. */
  setLineCount(lineCount: number): void;
  stop(): void;
}

/**
 * Takes the slot; a dead process's load is ended.
 *
 * @throws Problem `customerLoadInProgress`
 */
export async function takeSlot(deps: SlotDeps, owner: SlotOwner): Promise<LoadSlot> {
  const { institutionId, loadId } = owner;
  const row = await deps.database.inInstitution(institutionId, async (tx) => {
    const at = deps.clock.now();
    await failExpiredLoads(tx, { at, problem: deadProblem() });
    return await insertRunningLoad(tx, {
      id: loadId,
      kind: owner.kind,
      mode: owner.mode,
      created_at: at,
      created_by: owner.principalId,
      lease_until: leaseFrom(at),
    });
  });
  if (row === undefined) {
    throw new Problem('customerLoadInProgress', {
      detail: 'Another load of this institution is running. Wait for its end, then send this one again.',
      headers: { 'Retry-After': retryAfterSeconds },
    });
  }
  let lineCount = 0;
  const renewal = setInterval(() => {
    const change = { lease_until: leaseFrom(deps.clock.now()), line_count: lineCount };
    // A failed renewal is no failure of the load: publishing looks whether the slot still is its own.
    deps.database
      .inInstitution(institutionId, (tx) => updateRunningLoad(tx, loadId, change), {
        lockTimeoutMs: renewalLockTimeoutMs,
      })
      .catch(() => undefined);
  }, renewEveryMs);
  renewal.unref();
  return {
    setLineCount(count) {
      lineCount = count;
    },
    stop: () => clearInterval(renewal),
  };
}

/** At start-up: what a dead process left running has failed. On the embedded engine every process but this one is dead. */
export async function endAbandonedLoads(deps: SlotDeps): Promise<number> {
  const evenLeased = deps.database.engine === 'embedded';
  return await deps.database.asOperator((tx: OperatorTx) =>
    failAbandonedLoads(tx, { at: deps.clock.now(), problem: deadProblem(), evenLeased }),
  );
}

/** A problem as the load keeps it: names, no id. */
export function problemJson(problem: {
  type: ProblemName;
  detail?: string | undefined;
  attributes?: Readonly<Record<string, unknown>> | undefined;
}): string {
  const { type, detail, attributes } = problem;
  return JSON.stringify({ type, title: problemTypes[type].title, detail, attributes });
}

function deadProblem(): string {
  return problemJson({
    type: 'serviceUnavailable',
    detail: 'The server ended while the load ran. Nothing has changed.',
  });
}

function leaseFrom(at: Date): Date {
  return new Date(at.getTime() + leaseMs);
}
