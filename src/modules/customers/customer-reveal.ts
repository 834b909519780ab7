import type { InstitutionTx } from '../../db/transaction.ts';
import type { Clock } from '../../lib/clock.ts';
import { hasRight, type Principal } from '../access/index.ts';
import { type Audit, actorOf } from '../audit/index.ts';

/** How a caller may see customers. */
export interface Reveal {
  readonly revealed: boolean;
  /** Why, in the caller's words; '' unless revealed. */
  readonly reason: string;
}

/** Unmasked needs the right `revealIdentity` and a reason; without either the answer is the masked one. */
export function revealOf(principal: Principal, reason: string | undefined): Reveal {
  const text = reason?.trim() ?? '';
  const revealed = text !== '' && hasRight(principal, 'revealIdentity');
  return { revealed, reason: revealed ? text : '' };
}

/** Records who was revealed to whom and why; in the transaction that reads them, so it stands before the answer. */
export async function auditReveal(
  tx: InstitutionTx,
  deps: { clock: Clock; audit: Audit },
  entry: {
    principal: Principal;
    operation: string;
    resource?: string;
    /** Of the audience that they were read from. */
    audienceVersion?: number;
    reason: string;
    customerIds: readonly string[];
  },
): Promise<void> {
  await deps.audit.append(tx, {
    at: deps.clock.now(),
    actor: actorOf(entry.principal),
    operation: entry.operation,
    resource: entry.resource,
    outcome: 'done',
    detail: {
      revealReason: entry.reason,
      audienceVersion: entry.audienceVersion,
      customerCount: entry.customerIds.length,
      customerIds: entry.customerIds,
    },
  });
}
