import type { Schemas } from '../../api/client.ts';

/** In the order in which they are drawn, the good ones first; together they are all lines. */
export const outcomes = ['matched', 'ambiguous', 'duplicate', 'unmatched', 'invalid', 'blank', 'header'] as const;
export type Outcome = (typeof outcomes)[number];

export type LedgerCounts = Pick<Schemas['customerAudienceImport'], 'lineCount' | `${Outcome}Count`>;

export interface LedgerPart {
  readonly outcome: Outcome;
  readonly count: number;
  /** 0..1 of the lines. */
  readonly share: number;
}

/** The seven parts of a ledger; of a list without lines all are 0. */
export function partsOf(counts: LedgerCounts): readonly LedgerPart[] {
  const { lineCount } = counts;
  return outcomes.map((outcome) => {
    const count = counts[`${outcome}Count`];
    return { outcome, count, share: lineCount === 0 ? 0 : count / lineCount };
  });
}

export function outcomeOf(value: unknown): Outcome | undefined {
  return outcomes.find((known) => known === value);
}
