import type { Schemas } from '../../../api/client.ts';
import type { Outcome } from '../../../parts/ledger/ledger-parts.ts';

export type ImportLedger = Schemas['customerAudienceImport'];

/** Outcomes of lines that may be mended and imported again. */
export const rejectable = ['invalid', 'unmatched', 'ambiguous'] as const satisfies readonly Outcome[];

const openStates: readonly ImportLedger['state'][] = ['receiving', 'staged', 'matching'];

/** Whether an import still waits or runs. */
export function isOpen({ state }: ImportLedger): boolean {
  return openStates.includes(state);
}

/**
 * The ledger in what was answered: an import itself, the audience that one made, or the attributes of a problem.
 * Anything may come from between; what has no counts is none.
 */
export function ledgerIn(body: unknown): ImportLedger | undefined {
  if (isLedger(body)) return body;
  if (typeof body === 'object' && body !== null && 'import' in body && isLedger(body.import)) return body.import;
  return undefined;
}

function isLedger(body: unknown): body is ImportLedger {
  return typeof body === 'object' && body !== null && 'id' in body && 'lineCount' in body && 'matchedCount' in body;
}
