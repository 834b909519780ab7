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
import { analyzeCustomers } from './load-analyze-store.ts';
import { type LoadLimits, takeIn } from './load-intake.ts';
import { type PublishedLoad, publishLoad, type StagedLoad } from './load-publish.ts';
import { endAbandonedLoads, type LoadSlot, problemJson, takeSlot } from './load-slot.ts';
import { deleteRunningLoad, insertLoadLines, type LoadChange, updateRunningLoad } from './load-store.ts';
import { createLoadThreadPool } from './load-threads.ts';
import { loadBody } from './load-view.ts';
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
  /** Ends what a dead process left running; call it at start-up. */
  recover(): Promise<void>;
  /** Waits for loads that were answered with 202. */
  close(options: { timeoutMs: number }): Promise<void>;
}

interface Run {
  readonly order: LoadOrder;
  readonly loadId: string;
  readonly slot: LoadSlot;
  /** Of the right to load, which may be taken away while the load runs. */
  readonly watch: RightWatch;
}

export function createCustomerLoads(deps: CustomerLoadsDeps): CustomerLoads {
  const background = new Set<Promise<void>>();
  const threads = createLoadThreadPool();

  async function load(order: LoadOrder): Promise<CommandReply> {
    const { principal } = order.context;
    const { id: principalId, institutionId } = principal;
    const loadId = randomId();
    const slot = await takeSlot(deps, { institutionId, loadId, mode: order.mode, principalId });
    const watch = watchRight(deps, principal, 'loadCustomers');
    const run = { order, loadId, slot, watch };
    await using held = new AsyncDisposableStack();
    held.defer(() => slot.stop());
    try {
      const spool = held.use(await openSpool(deps.spoolDirectory));
      const { claim, dryRun } = order.context;
      const { summary, digest, ...sealedWith } = await takeIn(
        { ...deps, threads },
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
      const replay = digest === undefined ? undefined : await claim?.verify(digest);
      if (replay !== undefined) {
        await deps.database.inInstitution(institutionId, (tx) => deleteRunningLoad(tx, loadId));
        return replay;
      }
      await watch.checkNow();
      slot.setLineCount(summary.lineCount);
      const departedKey = (await deps.keyring.forInstitution(institutionId)).macKey('departed');
      const staged: StagedLoad = { ...order, dryRun, spool, summary, departedKey, ...sealedWith };
      if (!order.respondAsync || dryRun) {
        await beginPublishing(deps, run, staged);
        return await publish(deps, run, staged);
      }
      const accepted = await accept(deps, run, staged);
      goOn(run, staged, held.move());
      return accepted;
    } catch (error) {
      await fail(deps, run, error);
      throw error;
    }
  }

  function goOn(run: Run, staged: StagedLoad, held: AsyncDisposableStack): void {
    const publishing = publishInBackground(deps, run, staged).finally(() => held.disposeAsync());
    const tracked = publishing.catch(() => undefined).then(() => void background.delete(tracked));
    background.add(tracked);
  }

  return {
    limits: deps.limits,
    load,
    async recover() {
      const ended = await endAbandonedLoads(deps);
      if (ended > 0) deps.logger.warn({ loads: ended }, 'customer loads of a dead process have failed');
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

async function beginPublishing(deps: CustomerLoadsDeps, run: Run, { summary }: StagedLoad): Promise<void> {
  await deps.database.inInstitution(run.order.context.principal.institutionId, (tx) =>
    updateRunningLoad(tx, run.loadId, { state: 'publishing', line_count: summary.lineCount }),
  );
}

/** 202: the file is here, whole and readable; what comes of it stands in the load. */
async function accept(deps: CustomerLoadsDeps, run: Run, { summary }: StagedLoad): Promise<CommandReply> {
  return await runCommand(deps, run.order.context, async (tx) => {
    const change = { state: 'publishing', line_count: summary.lineCount, invalid_count: summary.invalidCount } as const;
    const row = await updateRunningLoad(tx, run.loadId, change);
    if (row === undefined) throw lostSlot();
    return {
      reply: { status: 202, headers: { Location: addressOf(run.loadId) }, body: loadBody(row, []) },
      audit: { resource: run.loadId, detail: { mode: row.mode, lineCount: row.line_count, state: row.state } },
    };
  });
}

async function publishInBackground(deps: CustomerLoadsDeps, run: Run, staged: StagedLoad): Promise<void> {
  const { claim: _answered, ...context } = run.order.context;
  try {
    await run.watch.checkNow();
    await publish(deps, { ...run, order: { ...run.order, context } }, staged);
  } catch (error) {
    if (!(error instanceof Problem)) deps.logger.error({ load: run.loadId }, 'customer load failed');
    await fail(deps, run, error);
  }
}

async function publish(deps: CustomerLoadsDeps, run: Run, staged: StagedLoad): Promise<CommandReply> {
  const { context } = run.order;
  let change: LoadChange | undefined;
  let changedCount = 0;
  const save = async (tx: InstitutionTx, saved: LoadChange) => {
    const row = await updateRunningLoad(tx, run.loadId, saved);
    if (row === undefined) throw lostSlot();
    await insertLoadLines(tx, run.loadId, staged.summary.ledger);
    return loadBody(row, staged.summary.ledger);
  };
  try {
    return await runCommand(
      deps,
      context,
      async (tx) => {
        const published = await publishLoad(deps, tx, staged, (within) => stillOurs(within, run.loadId));
        change = endOf(staged, published, deps.clock.now());
        changedCount = staged.summary.stagedCount - published.counts.unchangedCount + published.counts.removedCount;
        const body = await save(tx, change);
        const reply = context.dryRun
          ? { status: 200, body }
          : { status: 201, headers: { Location: addressOf(run.loadId) }, body };
        const detail = {
          ...auditDetail(staged, published),
          ...(published.refusal && { problem: published.refusal.type }),
        };
        if (published.refusal === undefined) return { reply, audit: { resource: run.loadId, detail } };
        const audit = { resource: run.loadId, detail, outcome: 'refused' } as const;
        return { reply, audit, problem: withLoad(published.refusal, run.loadId) };
      },
      { lane: 'bulk', lockTimeoutMs },
    );
  } finally {
    // A dry run has been rolled back, its ledger too; that is kept like the one of any load.
    if (context.dryRun && change !== undefined) {
      const preview = change;
      await deps.database.inInstitution(context.principal.institutionId, (tx) => save(tx, preview));
    } else if (changedCount >= analyzeFrom) {
      await deps.database.asOperator(analyzeCustomers, { lane: 'bulk' }).catch(() => undefined);
    }
  }
}

async function stillOurs(tx: InstitutionTx, loadId: string): Promise<void> {
  if ((await updateRunningLoad(tx, loadId, { state: 'publishing' })) === undefined) throw lostSlot();
}

function endOf(staged: StagedLoad, published: PublishedLoad, at: Date): LoadChange {
  const { counts, refusal } = published;
  const state = refusal !== undefined ? 'rejected' : staged.dryRun ? 'preview' : 'completed';
  return {
    state,
    line_count: staged.summary.lineCount,
    invalid_count: staged.summary.invalidCount,
    inserted_count: counts.insertedCount,
    updated_count: counts.updatedCount,
    unchanged_count: counts.unchangedCount,
    returned_count: counts.returnedCount,
    removed_count: counts.removedCount,
    customer_version: published.customerVersion,
    problem: refusal === undefined ? null : problemJson(refusal),
    finished_at: at,
    lease_until: null,
  };
}

function auditDetail(staged: StagedLoad, published: PublishedLoad): Record<string, unknown> {
  return {
    mode: staged.mode,
    lineCount: staged.summary.lineCount,
    invalidCount: staged.summary.invalidCount,
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

function withLoad(refusal: Problem, loadId: string): Problem {
  const { detail } = refusal;
  return new Problem(refusal.type, {
    ...(detail === undefined ? {} : { detail }),
    attributes: { ...refusal.attributes, customerLoadId: loadId },
  });
}

function lostSlot(): Problem {
  return new Problem('conflict', {
    detail: 'The load took so long to renew its lease that it counts as dead. Nothing has changed; send it again.',
  });
}

function addressOf(loadId: string): string {
  return `/service/customerLoads/${loadId}`;
}
