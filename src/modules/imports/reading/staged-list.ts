import type { LedgerEntry } from './outcome-ledger.ts';
import type { ReadSummary } from './reading-types.ts';
import type { TokenStore } from './token-store.ts';

/** A list that has been read: what its match and its ledger need, without any raw value. */
export interface StagedList {
  readonly summary: ReadSummary;
  readonly multipleMatches: 'include' | 'exclude';
  /** Whether lines could be repaired that were not asked to be. */
  readonly hasRepairCandidates: boolean;
  /** The distinct valid values by ascending line, then the distinct repair candidates. */
  readonly tokens: TokenStore;
  readonly validCount: number;
  /** The outcomes known before the match: header, blank, invalid, duplicate. */
  readonly ledger: readonly LedgerEntry[];
  /** COPY rows of the sample. */
  readonly sampleRows: Uint8Array;
}
