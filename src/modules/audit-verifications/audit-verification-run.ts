import type { Logger } from 'pino';
import type { Keyring } from '../../crypto/keyring.ts';
import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Audit, AuditTrailBroken, type ChainReport, verifyTrail } from '../audit/index.ts';
import {
  findVerification,
  updateRunningVerification,
  type VerificationChange,
  type VerificationRow,
} from './audit-verification-store.ts';

export const verificationQueue = 'verify-audit';

/** Whoever walks renews it with its progress. */
const leaseMs = 2 * 60_000;
/** How often somebody who watches can see it move. */
const progressMs = 1_000;

interface RunDeps {
  readonly database: Database;
  readonly keyring: Pick<Keyring, 'forInstitution'>;
  readonly clock: Clock;
  readonly audit: Audit;
  readonly logger: Pick<Logger, 'error'>;
}

interface VerificationRef {
  readonly institutionId: string;
  readonly id: string;
}

export function leaseFrom(at: Date): Date {
  return new Date(at.getTime() + leaseMs);
}

/**
 * Walks the chain from its first entry, some hundred entries a transaction, and writes down what was found. Cut off and
 * run again it begins anew: where it stood would be the database's word.
 *
 * @throws the signal's reason when it was aborted
 */
export async function runVerification(deps: RunDeps, ref: VerificationRef, signal: AbortSignal): Promise<void> {
  const row = await deps.database.inInstitution(ref.institutionId, (tx) => findVerification(tx, ref.id));
  if (row?.state !== 'running') return;
  const report = await verifyTrail(deps, ref.institutionId, { onProgress: progressWriter(deps, ref, signal) });
  const { finding, entryCount } = report;
  if (finding !== undefined) {
    deps.logger.error({ institution: ref.institutionId, ...finding }, 'the audit trail is broken');
  }
  await end(
    deps,
    row,
    {
      entry_count: entryCount,
      ...(finding === undefined
        ? { state: 'intact', total_count: entryCount }
        : { state: 'broken', finding: finding.kind, finding_sequence: finding.sequence }),
    },
    report,
  );
}

/** Ends one that was tried often enough. */
export async function giveUpVerification(deps: RunDeps, ref: VerificationRef): Promise<void> {
  const row = await deps.database.inInstitution(ref.institutionId, (tx) => findVerification(tx, ref.id));
  if (row !== undefined) await end(deps, row, { state: 'failed' });
}

function progressWriter(deps: RunDeps, ref: VerificationRef, signal: AbortSignal) {
  let writtenAt = Number.NEGATIVE_INFINITY;
  return async ({ sequence, ofSequence }: { sequence: number; ofSequence: number }): Promise<void> => {
    signal.throwIfAborted();
    const at = deps.clock.now();
    if (at.getTime() - writtenAt < progressMs) return;
    writtenAt = at.getTime();
    const change = { entry_count: sequence, total_count: ofSequence, lease_until: leaseFrom(at) };
    await deps.database.inInstitution(ref.institutionId, (tx) => updateRunningVerification(tx, ref.id, change));
  };
}

/** The result and its entry in one commit; a trail that takes no entry has the result without. */
async function end(
  deps: RunDeps,
  row: VerificationRow,
  change: VerificationChange,
  report?: ChainReport,
): Promise<void> {
  const at = deps.clock.now();
  const finish = async (isAudited: boolean) =>
    await deps.database.inInstitution(row.institution_id, async (tx) => {
      const isEnded = await updateRunningVerification(tx, row.id, { ...change, finished_at: at });
      if (!isEnded || !isAudited) return;
      await deps.audit.append(tx, {
        at,
        actor: { kind: row.created_by_kind, principalId: row.created_by },
        operation: 'verifyAudit',
        resource: row.id,
        outcome: 'done',
        detail: { state: change.state, entryCount: report?.entryCount, ...report?.finding },
      });
    });
  await finish(true).catch(async (error: unknown) => {
    if (!(error instanceof AuditTrailBroken)) throw error;
    await finish(false);
  });
}
