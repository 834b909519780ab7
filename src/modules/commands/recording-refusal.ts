import type { Database } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { Problem } from '../../lib/problem.ts';
import { type Audit, actorOf } from '../audit/index.ts';
import type { CommandContext } from './command.ts';

/**
 * Keeps in the audit trail, in a transaction of its own and before it is answered, that a command was forbidden or met
 * a conflict: what it is asked for in vain tells as much as what it did. Around a command whose refusals are thrown.
 *
 * @param resource what the command is about, if that exists
 */
export async function recordingRefusal<T>(
  deps: { database: Database; clock: Clock; audit: Audit },
  context: CommandContext,
  resource: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem) || (error.type !== 'forbidden' && error.type !== 'conflict')) throw error;
    const outcome = error.type === 'forbidden' ? 'denied' : 'refused';
    await deps.database.inInstitution(context.principal.institutionId, (tx) =>
      deps.audit.append(tx, {
        at: deps.clock.now(),
        actor: context.actor ?? actorOf(context.principal),
        operation: context.operation,
        resource,
        outcome,
        detail: { problem: error.type, ...error.attributes },
      }),
    );
    throw error;
  }
}
