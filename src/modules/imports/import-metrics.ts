import type { ReadSummary, Resolution } from './reading/index.ts';

/** Where finished imports are counted; the HTTP layer's metrics fit it. */
export interface ImportMetrics {
  countImportedLines(outcome: string, lines: number): void;
}

/** Counts the lines of a committed import by outcome. */
export function countLines(
  metrics: ImportMetrics | undefined,
  list: { summary: ReadSummary; resolution: Resolution },
): void {
  if (metrics === undefined) return;
  const { summary, resolution } = list;
  metrics.countImportedLines('header', summary.headerCount);
  metrics.countImportedLines('blank', summary.blankCount);
  metrics.countImportedLines('invalid', summary.invalidCount);
  metrics.countImportedLines('duplicate', summary.duplicateCount);
  metrics.countImportedLines('unmatched', resolution.unmatchedCount);
  metrics.countImportedLines('ambiguous', resolution.ambiguousCount);
  metrics.countImportedLines('matched', resolution.matchedCount);
}
