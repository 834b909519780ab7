import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Keyring } from '../../../crypto/keyring.ts';
import type { Database, InstitutionTx } from '../../../db/transaction.ts';
import type { Clock } from '../../../lib/clock.ts';
import { randomId } from '../../../lib/id.ts';
import { Problem } from '../../../lib/problem.ts';
import type { AccessVerifier } from '../../access/index.ts';
import { type Audit, actorOf } from '../../audit/index.ts';
import {
  type CommandContext,
  type CommandReply,
  type RightWatch,
  runCommand,
  watchedBody,
  watchRight,
} from '../../commands/index.ts';
import { createAccountKind } from '../accounts/account-kind.ts';
import { createCustomerKind } from './customer-kind.ts';
import type { LedgerPart } from './line-ledger.ts';
import type { Intake, LoadKind, LoadLimits, PublishedLoad } from './load-kind.ts';
import { endAbandonedLoads, type LoadSlot, problemJson, takeSlot } from './load-slot.ts';
import { deleteRunningLoad, insertLoadLines, type LoadChange, updateRunningLoad } from './load-store.ts';
import { createLoadThreadPool } from './load-threads.ts';
import { openSpool } from './spool.ts';

/** Imports hold the base for seconds; a load has time to wait for them. */
const lockTimeoutMs = 60_000;
/** Below this a plan made for the old base still is a good one. */
const analyzeFrom = 1_000;

export interface CustomerLoadsDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly access: Pick<AccessVerifier, 'assertStillHolds'>;
  readonly logger: Logger;
  /** A private place for what is being loaded; sealed envelopes and tokens only. */
  readonly spoolDirectory: string;
  readonly limits: LoadLimits;
}

export interface LoadOrder {
  readonly context: CommandContext;
  readonly mode: 'upsert' | 'replace';
  readonly format: 'csv' | 'ndjson';
  readonly ignoreColumns: readonly string[];
  readonly confirmRemovals: boolean;
  readonly respondAsync: boolean;
  readonly body: AsyncIterable<Uint8Array>;
}

export interface CustomerLoads {
  readonly limits: LoadLimits;
  /**
   * Reads a file to its end and makes it the customer base: 201, or 202 when the caller would rather watch. A dry run
   * answers 200 with what would have been.
   */
  load(order: LoadOrder): Promise<CommandReply>;
  /** The same for a file of accounts. */
  loadAccounts(order: LoadOrder): Promise<CommandReply>;
  /** Ends what a dead process left running; call it at start-up. */
  recover(): Promise<void>;
  /** Waits for loads that were answered with 202. */
  close(options: { timeoutMs: number }): Promise<void>;
}

interface Run {
  readonly kind: LoadKind;
  readonly order: LoadOrder;
  readonly loadId: string;
  readonly slot: LoadSlot;
  /** Of the right to load, which may be taken away while the load runs. */
  readonly watch: RightWatch;
}

export function createCustomerLoads(deps: CustomerLoadsDeps): CustomerLoads {
  const background = new Set<Promise<void>>();
  const threads = createLoadThreadPool();
  const customers = createCustomerKind({ ...deps, threads });
  const accounts = createAccountKind({ ...deps, threads });

  async function load(kind: LoadKind, order: LoadOrder): Promise<CommandReply> {
    const { principal } = order.context;
    const { id: principalId, institutionId } = principal;
    const loadId = randomId();
    const slot = await takeSlot(deps, { institutionId, loadId, kind: kind.kind, mode: order.mode, principalId });
    const watch = watchRight(deps, principal, 'loadCustomers');
    const run = { kind, order, loadId, slot, watch };
    await using held = new AsyncDisposableStack();
    held.defer(() => slot.stop());
    try {
      const spool = held.use(await openSpool(deps.spoolDirectory));
      const { claim, dryRun } = order.context;
      const intake = await kind.takeIn(
        {
          ...order,
          body: watchedBody(order.body, watch),
          institutionId,
          digestKey: claim?.digestKey,
          limits: deps.limits,
          onProgress: (lineCount) => slot.setLineCount(lineCount),
        },
        spool,
      );
      const { summary, digest } = intake;
      const replay = digest === undefined ? undefined : await claim?.verify(digest);
      if (replay !== undefined) {
        await deps.database.inInstitution(institutionId, (tx) => deleteRunningLoad(tx, loadId));
        return replay;
      }
      await watch.checkNow();
      slot.setLineCount(summary.lineCount);
      if (!order.respondAsync || dryRun) {
        await beginPublishing(deps, run, intake);
        return await publish(deps, run, intake);
      }
      const accepted = await accept(deps, run, intake);
      goOn(run, intake, held.move());
      return accepted;
    } catch (error) {
      await fail(deps, run, error);
      throw error;
    }
  }

  function goOn(run: Run, intake: Intake, held: AsyncDisposableStack): void {
    const publishing = publishInBackground(deps, run, intake).finally(() => held.disposeAsync());
    const tracked = publishing.catch(() => undefined).then(() => void background.delete(tracked));
    background.add(tracked);
  }

  return {
    limits: deps.limits,
    load: (order) => load(customers, order),
    loadAccounts: (order) => load(accounts, order),
    async recover() {
      const ended = await endAbandonedLoads(deps);
      if (ended > 0) deps.logger.warn({ loads: ended }, 'loads of a dead process have failed');
    },
    async close({ timeoutMs }) {
      await settledWithin(background, timeoutMs);
      await threads.close();
    },
  };
}

async function settledWithin(running: ReadonlySet<Promise<void>>, timeoutMs: number): Promise<void> {
  const stop = new AbortController();
  await Promise.race([
    Promise.all(running),
    delay(timeoutMs, undefined, { signal: stop.signal }).catch(() => undefined),
  ]);
  stop.abort();
}

async function beginPublishing(deps: CustomerLoadsDeps, run: Run, { summary }: Intake): Promise<void> {
  await deps.database.inInstitution(run.order.context.principal.institutionId, (tx) =>
    updateRunningLoad(tx, run.loadId, { state: 'publishing', line_count: summary.lineCount }),
  );
}

/** 202: the file is here, whole and readable; what comes of it stands in the load. */
async function accept(deps: CustomerLoadsDeps, run: Run, { summary }: Intake): Promise<CommandReply> {
  return await runCommand(deps, run.order.context, async (tx) => {
    const change = { state: 'publishing', line_count: summary.lineCount, invalid_count: summary.invalidCount } as const;
    const row = await updateRunningLoad(tx, run.loadId, change);
    if (row === undefined) throw lostSlot();
    return {
      reply: { status: 202, headers: { Location: addressOf(run) }, body: run.kind.bodyOf(row, []) },
      audit: { resource: run.loadId, detail: { mode: row.mode, lineCount: row.line_count, state: row.state } },
    };
  });
}

async function publishInBackground(deps: CustomerLoadsDeps, run: Run, intake: Intake): Promise<void> {
  const { claim: _answered, ...context } = run.order.context;
  try {
    await run.watch.checkNow();
    await publish(deps, { ...run, order: { ...run.order, context } }, intake);
  } catch (error) {
    if (!(error instanceof Problem)) deps.logger.error({ load: run.loadId }, `${run.kind.noun} failed`);
    await fail(deps, run, error);
  }
}

async function publish(deps: CustomerLoadsDeps, run: Run, { summary, publish }: Intake): Promise<CommandReply> {
  const { mode, confirmRemovals, context } = run.order;
  const { dryRun } = context;
  let end: Ending | undefined;
  let changedCount = 0;
  const save = async (tx: InstitutionTx, { change, ledger }: Ending) => {
    const row = await updateRunningLoad(tx, run.loadId, change);
    if (row === undefined) throw lostSlot();
    await insertLoadLines(tx, run.loadId, ledger);
    return run.kind.bodyOf(row, ledger);
  };
  try {
    return await runCommand(
      deps,
      context,
      async (tx) => {
        const terms = { mode, confirmRemovals, dryRun };
        const published = await publish(tx, terms, (within) => stillOurs(within, run.loadId));
        const { refusal } = published;
        end = endOf(run, { lineCount: summary.lineCount, published, at: deps.clock.now() });
        changedCount = summary.stagedCount - published.counts.unchangedCount + published.counts.removedCount;
        const body = await save(tx, end);
        const reply = dryRun ? { status: 200, body } : { status: 201, headers: { Location: addressOf(run) }, body };
        const detail = {
          ...auditDetail(run, summary.lineCount, published),
          ...(refusal && { problem: refusal.type }),
        };
        if (refusal === undefined) return { reply, audit: { resource: run.loadId, detail } };
        const audit = { resource: run.loadId, detail, outcome: 'refused' } as const;
        return { reply, audit, problem: withLoad(refusal, run) };
      },
      { lane: 'bulk', lockTimeoutMs },
    );
  } finally {
    // A dry run has been rolled back, its ledger too; that is kept like the one of any load.
    if (dryRun && end !== undefined) {
      const preview = end;
      await deps.database.inInstitution(context.principal.institutionId, (tx) => save(tx, preview));
    } else if (changedCount >= analyzeFrom) {
      await deps.database.asOperator(run.kind.analyze, { lane: 'bulk' }).catch(() => undefined);
    }
  }
}

async function stillOurs(tx: InstitutionTx, loadId: string): Promise<void> {
  if ((await updateRunningLoad(tx, loadId, { state: 'publishing' })) === undefined) throw lostSlot();
}

/** How a load ended, as it is kept. */
interface Ending {
  readonly change: LoadChange;
  readonly ledger: readonly LedgerPart[];
}

function endOf(run: Run, end: { lineCount: number; published: PublishedLoad; at: Date }): Ending {
  const { counts, refusal, ledger, ...published } = end.published;
  const state = refusal !== undefined ? 'rejected' : run.order.context.dryRun ? 'preview' : 'completed';
  const change = {
    state,
    line_count: end.lineCount,
    invalid_count: published.invalidCount,
    inserted_count: counts.insertedCount,
    updated_count: counts.updatedCount,
    unchanged_count: counts.unchangedCount,
    returned_count: counts.returnedCount,
    removed_count: counts.removedCount,
    customer_version: published.customerVersion,
    problem: refusal === undefined ? null : problemJson(refusal),
    finished_at: end.at,
    lease_until: null,
  } as const;
  return { change, ledger };
}

function auditDetail(run: Run, lineCount: number, published: PublishedLoad): Record<string, unknown> {
  return {
    mode: run.order.mode,
    lineCount,
    invalidCount: published.invalidCount,
    ...published.counts,
    customerVersion: published.customerVersion,
  };
}

/** Ends a load that came to nothing; when it has ended already, that stands. */
async function fail(deps: CustomerLoadsDeps, run: Run, error: unknown): Promise<void> {
  const { principal, operation } = run.order.context;
  const problem = error instanceof Problem ? error : new Problem('internalServerError');
  const at = deps.clock.now();
  const end = { state: 'failed', problem: problemJson(problem), finished_at: at, lease_until: null } as const;
  await deps.database
    .inInstitution(principal.institutionId, async (tx) => {
      const row = await updateRunningLoad(tx, run.loadId, end);
      if (row === undefined) return;
      const detail = { mode: row.mode, lineCount: row.line_count, problem: problem.type };
      await deps.audit.append(tx, {
        at,
        actor: actorOf(principal),
        operation,
        resource: run.loadId,
        outcome: problem.type === 'unauthorized' || problem.type === 'forbidden' ? 'denied' : 'refused',
        detail,
      });
    })
    // Without a database the lease ends it.
    .catch(() => undefined);
}

function withLoad(refusal: Problem, { kind, loadId }: Run): Problem {
  const { detail } = refusal;
  return new Problem(refusal.type, {
    ...(detail === undefined ? {} : { detail }),
    attributes: { ...refusal.attributes, [kind.idAttribute]: loadId },
  });
}

function lostSlot(): Problem {
  return new Problem('conflict', {
    detail: 'The load took so long to renew its lease that it counts as dead. Nothing has changed; send it again.',
  });
}

function addressOf({ kind, loadId }: Run): string {
  return `${kind.collection}/${loadId}`;
}
