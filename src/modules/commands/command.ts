import type { Database, InstitutionTx, TransactionOptions } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Problem } from '../../lib/problem.ts';
import type { Principal } from '../access/index.ts';
import { type Actor, type Audit, type AuditEntry, actorOf } from '../audit/index.ts';
import type { CommandReply } from './command-reply.ts';
import type { IdempotencyClaim } from './idempotency-service.ts';

export interface CommandContext {
  readonly principal: Principal;
  /** The operation id of the route, for audit and idempotency. */
  readonly operation: string;
  readonly dryRun: boolean;
  readonly claim?: IdempotencyClaim | undefined;
  /** Whom the audit trail names; absent = the principal. */
  readonly actor?: Actor | undefined;
}

export interface CommandResult {
  readonly reply: CommandReply;
  readonly audit: {
    readonly resource?: string;
    /** Counts and ids; never an identifier value. */
    readonly detail?: Readonly<Record<string, unknown>>;
    /** Default `done`. */
    readonly outcome?: AuditEntry['outcome'];
  };
  /** A refusal whose record must stay (a rejected import keeps its ledger): commit, then throw this. */
  readonly problem?: Problem;
}

/**
 * Runs one write: the change, its audit entry and the stored idempotent answer commit together or not at all. A dry
 * run does the change and rolls it back; its audit entry goes into a transaction of its own.
 *
 * @param work may run more than once (serialisation failures), so it changes nothing but the database
 */
export async function runCommand(
  deps: { database: Database; clock: Clock; audit: Audit },
  context: CommandContext,
  work: (tx: InstitutionTx) => Promise<CommandResult>,
  options: TransactionOptions = {},
): Promise<CommandReply> {
  const { institutionId } = context.principal;
  const audited = (tx: InstitutionTx, result: CommandResult, outcome: AuditEntry['outcome']) =>
    deps.audit.append(tx, {
      at: deps.clock.now(),
      actor: context.actor ?? actorOf(context.principal),
      operation: context.operation,
      resource: result.audit.resource,
      outcome,
      detail: result.audit.detail,
    });

  if (context.dryRun) {
    const preview = await deps.database.inInstitution(institutionId, work, { ...options, rollBack: true });
    const outcome = preview.audit.outcome === 'denied' ? 'denied' : 'preview';
    await deps.database.inInstitution(institutionId, (tx) => audited(tx, preview, outcome));
    if (preview.problem !== undefined) throw preview.problem;
    return preview.reply;
  }

  const result = await deps.database.inInstitution(
    institutionId,
    async (tx) => {
      const done = await work(tx);
      // Errors are not stored: the same key may try again.
      if (done.problem === undefined) await context.claim?.finish(tx, done.reply);
      await audited(tx, done, done.audit.outcome ?? 'done');
      return done;
    },
    options,
  );
  if (result.problem !== undefined) throw result.problem;
  return result.reply;
}
