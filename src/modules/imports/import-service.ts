import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomId } from '../../lib/id.ts';
import { Problem } from '../../lib/problem.ts';
import type { AccessVerifier, Principal } from '../access/index.ts';
import { checkAudienceName, findAudience, viewerOf } from '../audiences/index.ts';
import { type Audit, actorOf } from '../audit/index.ts';
import type { ImportBudgets } from '../budgets/index.ts';
import { type CommandContext, type CommandReply, runCommand } from '../commands/index.ts';
import { checkNewSuppression } from '../suppressions/index.ts';
import { requireEditable } from './import-audience.ts';
import { holderOf, presentViewer } from './import-holder.ts';
import { type Match, matchList } from './import-match.ts';
import { countLines, type ImportMetrics } from './import-metrics.ts';
import { newImportRow, publishList, summaryColumns } from './import-publish.ts';
import type { ImportRequest } from './import-request.ts';
import { stageForJob } from './import-stage.ts';
import { saveImportRow } from './import-store.ts';
import { importBody } from './import-view.ts';
import type { ReadingSession, ReadSummary } from './reading/index.ts';

/** A large load may publish for a minute; an import waits this long for it before it answers 503. */
const lockTimeoutMs = 15_000;

export interface ImportDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly access: Pick<AccessVerifier, 'assertStillHolds'>;
  readonly jobs: Jobs;
  readonly budgets: ImportBudgets;
  readonly metrics?: ImportMetrics;
}

/** A list that has been read whole: nothing of the request's body is still to come. */
export interface ReadList {
  readonly request: ImportRequest;
  readonly session: ReadingSession;
  readonly summary: ReadSummary;
}

export const matchQueue = 'import-match';

/**
 * Refuses what can be refused before the list is read: a bad name, a day that is past, an audience that is not there or
 * not editable.
 * The same rules hold again when the result is published.
 */
export async function checkTarget(deps: ImportDeps, principal: Principal, request: ImportRequest): Promise<void> {
  if (request.suppression !== undefined) {
    checkNewSuppression({ ...request.suppression, name: request.name }, deps.clock.now());
    return;
  }
  if (request.audienceId === undefined) {
    checkAudienceName(request.name);
    return;
  }
  if (request.mode === 'replace' && request.ifMatch === null) {
    throw new Problem('preconditionRequired', {
      detail: 'A replace needs If-Match: read the audience first and send its ETag, so that no other edit is lost.',
    });
  }
  const { audienceId } = request;
  const viewer = viewerOf(principal);
  await deps.database.inInstitution(principal.institutionId, async (tx) =>
    requireEditable(tx, viewer, await findAudience(tx, viewer, audienceId), request.ifMatch),
  );
}

/** Matches a list and publishes what came of it, before the answer. */
export async function runImport(deps: ImportDeps, context: CommandContext, list: ReadList): Promise<CommandReply> {
  const importId = randomId();
  const order = { ...context, importId };
  await deps.budgets.charge(order, chargedList(list));
  let match: Match | undefined;
  try {
    // Reading the list took as long as the caller liked.
    const viewer = await presentViewer(deps.access, context.principal);
    const reply = await runCommand(
      deps,
      // The preview of an import keeps its ledger, so it is committed like any other: see publishList.
      { ...context, dryRun: false },
      async (tx) => {
        const { principal, dryRun } = context;
        match = await matchList(deps, tx, { ...list, principalId: principal.id });
        return await publishList(tx, {
          ...list,
          importId,
          match,
          dryRun,
          viewer,
          at: deps.clock.now(),
        });
      },
      { lane: 'bulk', lockTimeoutMs },
    );
    if (match !== undefined && !context.dryRun) countLines(deps.metrics, { ...list, ...match });
    return reply;
  } catch (error) {
    if (error instanceof Problem && !isRecorded(error)) await auditRefusal(deps, context, list, error);
    throw error;
  } finally {
    // A list that matched nobody was refused, and is to be reported all the same.
    if (match !== undefined) await deps.budgets.reportMatches(order, matchesOf(list.summary, match));
  }
}

/** What the budget counts of a list. */
function chargedList({ request, summary }: ReadList) {
  return { ...summary, identifierType: request.identifierType };
}

export function matchesOf(summary: ReadSummary, { resolution }: Match) {
  const { distinctValueCount } = summary;
  return { distinctValueCount, namedCount: resolution.matchedCount + resolution.ambiguousCount };
}

/** These two are committed with their ledger by `publishList`. */
function isRecorded(problem: Problem): boolean {
  return problem.type === 'noCustomersMatched' || problem.type === 'invalidRows';
}

/** Without the right, or not possible: the audit trail tells them apart. */
export function refusalOutcome(problem: Problem): 'denied' | 'refused' {
  return problem.type === 'unauthorized' || problem.type === 'forbidden' ? 'denied' : 'refused';
}

/** Keeps in the audit trail who was refused while their list was read, before it is answered. */
export async function recordingDenial<T>(
  deps: Pick<ImportDeps, 'database' | 'audit' | 'clock'>,
  context: Pick<CommandContext, 'principal' | 'operation'>,
  resource: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem && refusalOutcome(error) === 'denied') {
      await deps.database.inInstitution(context.principal.institutionId, (tx) =>
        deps.audit.append(tx, {
          at: deps.clock.now(),
          actor: actorOf(context.principal),
          operation: context.operation,
          resource,
          outcome: 'denied',
          detail: { problem: error.type },
        }),
      );
    }
    throw error;
  }
}

/** Whoever submits values leaves a trace of how many, also when the import is refused (design section 8, oracle). */
async function auditRefusal(
  deps: ImportDeps,
  context: CommandContext,
  list: ReadList,
  problem: Problem,
): Promise<void> {
  await deps.database.inInstitution(context.principal.institutionId, (tx) =>
    deps.audit.append(tx, {
      at: deps.clock.now(),
      actor: actorOf(context.principal),
      operation: context.operation,
      resource: list.request.audienceId,
      outcome: refusalOutcome(problem),
      detail: {
        problem: problem.type,
        identifierType: list.request.identifierType,
        lineCount: list.summary.lineCount,
        distinctValueCount: list.summary.distinctValueCount,
      },
    }),
  );
}

/** Stages a list durably and leaves the matching to a job: 202. From here on a restart resumes it. */
export async function acceptImport(deps: ImportDeps, context: CommandContext, list: ReadList): Promise<CommandReply> {
  const importId = randomId();
  const { principal } = context;
  await deps.budgets.charge({ ...context, importId }, chargedList(list));
  const reply = await runCommand(
    deps,
    context,
    async (tx) => {
      const at = deps.clock.now();
      const row = await saveImportRow(tx, {
        ...newImportRow(tx, { importId, request: list.request, viewer: viewerOf(principal), at }),
        ...summaryColumns(list.summary),
        state: 'staged',
      });
      await stageForJob(tx, deps.keyring, { importId, session: list.session });
      const job = { institutionId: tx.institutionId, importId, holder: holderOf(principal) };
      await deps.jobs.enqueue(tx, matchQueue, job, { singletonKey: importId });
      return {
        reply: {
          status: 202,
          headers: { Location: `/service/customerAudienceImports/${importId}` },
          body: importBody(row, []),
        },
        audit: {
          resource: importId,
          detail: { mode: row.mode, lineCount: row.line_count, distinctValueCount: row.distinct_value_count },
        },
      };
    },
    { lane: 'bulk', lockTimeoutMs },
  );
  deps.jobs.wake(matchQueue);
  return reply;
}
