import type { Schemas } from '../../../api/client.ts';

type Import = Schemas['customerAudienceImport'];

export const outcomes = ['matched', 'ambiguous', 'unmatched', 'duplicate', 'invalid', 'blank', 'header'] as const;
export type Outcome = (typeof outcomes)[number];
export type LedgerCounts = Pick<Import, 'lineCount' | `${Outcome}Count`>;

export interface LedgerPart {
  readonly outcome: Outcome;
  readonly count: number;
  /** 0..1 of the lines. */
  readonly share: number;
}

/** The outcomes that occur, the good ones first. They add up to the lines. */
export function ledgerParts(counts: LedgerCounts): readonly LedgerPart[] {
  return outcomes
    .map((outcome) => ({ outcome, count: counts[`${outcome}Count`] }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => ({ outcome, count, share: count / counts.lineCount }));
}
