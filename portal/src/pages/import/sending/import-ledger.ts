import type { Schemas } from '../../../api/client.ts';

export type ImportLedger = Schemas['customerAudienceImport'];

/** In the order in which they are drawn; together they are all lines. */
export const outcomes = ['matched', 'ambiguous', 'duplicate', 'unmatched', 'invalid', 'blank', 'header'] as const;

export type Outcome = (typeof outcomes)[number];

export interface LedgerPart {
  readonly outcome: Outcome;
  readonly count: number;
}

/** The seven parts of a ledger. */
export function partsOf(ledger: ImportLedger): readonly LedgerPart[] {
  return outcomes.map((outcome) => ({ outcome, count: ledger[`${outcome}Count`] }));
}

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
