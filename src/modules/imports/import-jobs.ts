import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import { actorOf } from '../audit/index.ts';
import { type RightWatch, watchedBody, watchRight } from '../commands/index.ts';
import { holderSchema, presentViewer, principalOf } from './import-holder.ts';
import { indexKeyChanged, matchList } from './import-match.ts';
import { countLines } from './import-metrics.ts';
import { publishList } from './import-publish.ts';
import type { ImportRequest } from './import-request.ts';
import { type ImportDeps, matchesOf, matchQueue, refusalOutcome } from './import-service.ts';
import { stagedParts } from './import-stage.ts';
import { deleteStage, findImport, findImportForUpdate, type ImportRow, updateImport } from './import-store.ts';
import type { ListReader, ReadingSession, ReadSummary } from './reading/index.ts';

const jobSchema = Type.Object({
  institutionId: Type.String(),
  importId: Type.String(),
  holder: holderSchema,
});

type MatchJob = Static<typeof jobSchema>;

/** A large load may be publishing: a job can wait longer than a caller. */
const lockTimeoutMs = 120_000;

export interface ImportJobDeps extends ImportDeps {
  readonly listReader: ListReader;
}

/** Problems that another try may cure; with any other the import has failed for good. */
const passing: ReadonlySet<string> = new Set(['serviceUnavailable', 'tooManyRequests']);

/** Registers the job that matches staged imports. */
export function workImports(deps: ImportJobDeps): void {
  deps.jobs.work(matchQueue, async (data, { isLastTry }) => {
    if (!Value.Check(jobSchema, data)) return;
    await matchStaged(deps, { ...data, isLastTry });
  });
}

async function matchStaged(
  deps: ImportJobDeps,
  { institutionId, importId, holder, isLastTry }: MatchJob & { isLastTry: boolean },
): Promise<void> {
  const row = await deps.database.inInstitution(institutionId, async (tx) => {
    const found = await findImportForUpdate(tx, importId);
    if (found === undefined || !isOpen(found)) return undefined;
    return await updateImport(tx, importId, { state: 'matching' });
  });
  if (row === undefined) return;
  const principal = principalOf(holder, { institutionId, askedAt: row.created_at });
  try {
    const watch = watchRight(deps, principal, 'importLists');
    await watch.checkNow();
    await using session = await deps.listReader.open();
    const parts = stagedParts(deps, { institutionId, importId });
    const summary = await session.importStage(watchedBody(parts, watch));
    await publishStaged(deps, row, { session, summary, principal, watch });
  } catch (error) {
    // Canceled meanwhile: its stage was removed under the job, and what stumbled over that is no failure.
    if (!(await isStillOpen(deps, row))) return;
    const problem = error instanceof Problem ? error : new Problem('internalServerError', { cause: error });
    const settled = isSettled(error);
    if (isLastTry || settled) await endWithProblem(deps, row, { problem, principal });
    // The job's own record of failure goes to the log; a settled refusal is none.
    if (!settled) throw error;
  }
}

/** Another try would end the same way. */
function isSettled(error: unknown): boolean {
  return error instanceof Problem && (!passing.has(error.type) || error.cause === indexKeyChanged);
}

async function isStillOpen({ database }: ImportJobDeps, row: ImportRow): Promise<boolean> {
  const current = await database.inInstitution(row.institution_id, (tx) => findImport(tx, row.id));
  return current !== undefined && isOpen(current);
}

function isOpen(row: ImportRow): boolean {
  return row.state === 'staged' || row.state === 'matching';
}

interface StagedImport {
  readonly session: ReadingSession;
  readonly summary: ReadSummary;
  /** Who asked for it. */
  readonly principal: Principal;
  readonly watch: RightWatch;
}

async function publishStaged(
  deps: ImportJobDeps,
  row: ImportRow,
  { principal, watch, ...list }: StagedImport,
): Promise<void> {
  const request = requestOf(row);
  await watch.checkNow();
  const viewer = await presentViewer(deps.access, principal);
  const match = await deps.database.inInstitution(
    row.institution_id,
    async (tx) => {
      const match = await matchList(deps, tx, { ...list, request, principalId: principal.id });
      const current = await findImportForUpdate(tx, row.id);
      // Canceled while it was matched: nothing of it may appear.
      if (current === undefined || !isOpen(current)) return undefined;
      const at = deps.clock.now();
      const result = await publishList(tx, {
        ...list,
        importId: row.id,
        request,
        match,
        dryRun: false,
        viewer,
        at,
      });
      await deleteStage(tx, row.id);
      const { resource, detail, outcome = 'done' } = result.audit;
      await deps.audit.append(tx, { at, actor: actorOf(principal), operation: matchQueue, resource, outcome, detail });
      return match;
    },
    { lane: 'bulk', lockTimeoutMs },
  );
  if (match === undefined) return;
  countLines(deps.metrics, { ...list, ...match });
  const order = { principal, operation: matchQueue, importId: row.id };
  await deps.budgets.reportMatches(order, matchesOf(list.summary, match));
}

function requestOf(row: ImportRow): ImportRequest {
  // Written by acceptImport from an ImportRequest and by nobody else.
  const options: unknown = row.options;
  if (!isImportRequest(options)) throw new Error(`the options of import ${row.id} cannot be read`);
  return options;
}

function isImportRequest(value: unknown): value is ImportRequest {
  return typeof value === 'object' && value !== null && 'identifierType' in value && 'multipleMatches' in value;
}

async function endWithProblem(
  deps: ImportJobDeps,
  row: ImportRow,
  { problem, principal }: { problem: Problem; principal: Principal },
): Promise<void> {
  await deps.database.inInstitution(row.institution_id, async (tx) => {
    const current = await findImport(tx, row.id);
    if (current === undefined || !isOpen(current)) return;
    const at = deps.clock.now();
    await updateImport(tx, row.id, {
      state: 'failed',
      problem: JSON.stringify({ type: problem.type, title: problem.title, detail: problem.detail }),
      finished_at: at,
    });
    await deleteStage(tx, row.id);
    await deps.audit.append(tx, {
      at,
      actor: actorOf(principal),
      operation: matchQueue,
      resource: row.id,
      outcome: refusalOutcome(problem),
      detail: { problem: problem.type, lineCount: row.line_count, distinctValueCount: row.distinct_value_count },
    });
  });
}
