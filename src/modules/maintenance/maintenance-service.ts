import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { createRounds } from '../../lib/rounds.ts';
import { deleteOldVersions } from '../audiences/index.ts';
import type { AuditCheckpoints } from '../audit/index.ts';
import { deleteExpiredBudgets } from '../budgets/index.ts';
import { deleteExpiredRecords } from '../commands/index.ts';
import { deleteExpiredImports } from '../imports/index.ts';
import { deleteEndedOidcRecords, type TokenSigner } from '../issuer/index.ts';
import { deleteExpiredSignIns } from '../people/index.ts';
import { deleteEndedSessions } from '../sign-in/index.ts';

const everyMs = 60 * 60 * 1_000;

export interface Maintenance {
  /** Runs now and every hour. Several servers may do so at once: each deletion stands alone. */
  start(): void;
  /** Ends the rounds and waits for the one that runs. The last checkpoint is the caller's, after the last act. */
  stop(): Promise<void>;
  /** One round: checkpoints of the audit trail; ledgers of previews and refusals, and idempotent answers, whose 24 hours are over; versions of audiences that are not kept any longer. */
  run(): Promise<void>;
}

export function createMaintenance(deps: {
  database: Database;
  clock: Clock;
  checkpoints: AuditCheckpoints;
  /** Absent where nothing is signed. */
  signer?: Pick<TokenSigner, 'rotate'>;
  /** Hears of a failed round; the next one does its work. */
  onFailure: (error: unknown) => void;
}): Maintenance {
  const run = async () => {
    const now = deps.clock.now();
    // It must not be missing because something else has failed, nor stop it.
    await deps.checkpoints.write().catch(deps.onFailure);
    await deps.database.asOperator((tx) => deleteExpiredImports(tx, now));
    await deps.database.asOperator((tx) => deleteExpiredRecords(tx, now));
    await deps.database.asOperator((tx) => deleteExpiredBudgets(tx, now));
    await deps.database.asOperator((tx) => deleteExpiredSignIns(tx, now));
    await deps.database.asOperator((tx) => deleteEndedSessions(tx, now));
    await deleteEndedOidcRecords(deps.database, now);
    await deps.signer?.rotate();
    // Last: it may take long the first time.
    await deleteOldVersions(deps, now);
  };
  return { run, ...createRounds({ everyMs, run, onFailure: deps.onFailure }) };
}
