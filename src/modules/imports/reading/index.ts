export { createListReader, type ListReader, type ListReaderOptions } from './list-reader.ts';
export type { ReadingSession } from './reading-session.ts';
export type {
  InvalidReason,
  InvalidReasonCount,
  LedgerPart,
  LineOutcome,
  ListKeys,
  ListOptions,
  ReadSummary,
  Repair,
  Resolution,
} from './reading-types.ts';
