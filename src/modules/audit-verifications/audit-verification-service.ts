import type { Logger } from 'pino';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database, InstitutionTx } from '../../db/transaction.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { Clock } from '../../lib/clock.ts';
import { randomId } from '../../lib/id.ts';
import { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import { type Audit, AuditTrailBroken } from '../audit/index.ts';
import { type CommandContext, type CommandReply, type CommandResult, runCommand } from '../commands/index.ts';
import { leaseFrom, verificationQueue } from './audit-verification-run.ts';
import type { AuditVerification } from './audit-verification-schemas.ts';
import {
  endAbandonedVerification,
  findRunningVerification,
  findVerification,
  insertVerification,
  listVerifications,
  type VerificationRow,
} from './audit-verification-store.ts';

export interface AuditVerificationDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly jobs: Jobs;
  readonly logger: Logger;
}

/**
 * Starts a walk along the institution's chain: 202, and a job does it.
 *
 * @throws Problem `conflict` while another runs
 */
export async function startVerification(deps: AuditVerificationDeps, context: CommandContext): Promise<CommandReply> {
  const { principal, dryRun, claim } = context;
  const work = (tx: InstitutionTx) => beginVerification(deps, tx, principal);
  const reply = await runCommand(deps, context, work).catch(async (error: unknown) => {
    if (!(error instanceof AuditTrailBroken)) throw error;
    // A trail that takes no entry any more is what the walk is to find: of it alone an act leaves none.
    const workUnaudited = async (tx: InstitutionTx) => {
      const { reply } = await work(tx);
      await claim?.finish(tx, reply);
      return reply;
    };
    return await deps.database.inInstitution(principal.institutionId, workUnaudited, { rollBack: dryRun });
  });
  deps.jobs.wake(verificationQueue);
  return reply;
}

async function beginVerification(
  deps: AuditVerificationDeps,
  tx: InstitutionTx,
  principal: Principal,
): Promise<CommandResult> {
  const at = deps.clock.now();
  await endAbandonedVerification(tx, at);
  const row = await insertVerification(tx, {
    id: randomId(),
    created_at: at,
    created_by: principal.id,
    created_by_kind: principal.kind,
    lease_until: leaseFrom(at),
  });
  if (row === undefined) {
    const running = await findRunningVerification(tx);
    throw new Problem('conflict', {
      detail: 'The audit trail is being verified already.',
      ...(running === undefined ? {} : { attributes: { auditVerificationId: running.id } }),
    });
  }
  const job = { institutionId: tx.institutionId, verificationId: row.id };
  await deps.jobs.enqueue(tx, verificationQueue, job, { singletonKey: row.id });
  const headers = { Location: `/service/auditVerifications/${row.id}` };
  return { reply: { status: 202, headers, body: verificationBody(row) }, audit: { resource: row.id } };
}

/** @throws Problem `notFound`, also for a verification of another institution */
export async function getVerification(
  deps: Pick<AuditVerificationDeps, 'database'>,
  principal: Principal,
  id: string,
): Promise<AuditVerification> {
  const row = await deps.database.inInstitution(principal.institutionId, (tx) => findVerification(tx, id));
  if (row === undefined) throw new Problem('notFound', { detail: 'There is no audit verification with this id.' });
  return verificationBody(row);
}

/** A page of verifications; `last` is the row it ended with unless it was the last page. */
export async function getVerifications(
  deps: Pick<AuditVerificationDeps, 'database'>,
  principal: Principal,
  states: readonly VerificationRow['state'][] | undefined,
  page: { after: { createdAt: Date; id: string } | undefined; limit: number },
): Promise<{ items: AuditVerification[]; count: number; last: VerificationRow | undefined }> {
  return await deps.database.inInstitution(
    principal.institutionId,
    async (tx) => {
      // One more than asked for tells whether there is another page.
      const { rows, count } = await listVerifications(tx, states, { ...page, limit: page.limit + 1 });
      const shown = rows.slice(0, page.limit);
      return { items: shown.map(verificationBody), count, last: rows.length > page.limit ? shown.at(-1) : undefined };
    },
    // The count and the rows are of one moment.
    { isolation: 'repeatable read' },
  );
}

function verificationBody(row: VerificationRow): AuditVerification {
  const { finding, finding_sequence: sequence } = row;
  return {
    id: row.id,
    state: row.state,
    entryCount: row.entry_count,
    ...(row.total_count === null ? {} : { totalCount: row.total_count }),
    ...(finding === null || sequence === null ? {} : { finding: { kind: finding, sequence } }),
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at.toISOString() }),
  };
}
