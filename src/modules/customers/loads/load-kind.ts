import type { InstitutionTx, OperatorTx } from '../../../db/transaction.ts';
import type { Problem } from '../../../lib/problem.ts';
import type { LedgerPart } from './line-ledger.ts';
import type { LoadSummary } from './load-protocol.ts';
import type { LoadKindName, LoadRow } from './load-store.ts';
import type { Spool } from './spool.ts';

export interface LoadLimits {
  readonly bytesMax: number;
  readonly linesMax: number;
}

/** Loads of one kind, as the API shows them. */
export interface LoadResource<Body> {
  readonly kind: LoadKindName;
  /** E.g. `customer load`. */
  readonly noun: string;
  /** Where they are found. */
  readonly collection: string;
  /** The name of a load's id in the attributes of a problem. */
  readonly idAttribute: string;
  readonly bodyOf: (row: LoadRow, ledger: readonly LedgerPart[]) => Body;
}

export interface IntakeOrder {
  readonly institutionId: string;
  readonly mode: 'upsert' | 'replace';
  readonly format: 'csv' | 'ndjson';
  readonly ignoreColumns: readonly string[];
  readonly body: AsyncIterable<Uint8Array>;
  readonly digestKey: Uint8Array | undefined;
  readonly limits: LoadLimits;
  readonly onProgress: (lineCount: number) => void;
}

/** What the caller wants to become of a file. */
export interface PublishTerms {
  readonly mode: 'upsert' | 'replace';
  readonly confirmRemovals: boolean;
  readonly dryRun: boolean;
}

export interface LoadCounts {
  readonly insertedCount: number;
  readonly updatedCount: number;
  readonly unchangedCount: number;
  readonly returnedCount: number;
}

export interface PublishedLoad {
  readonly counts: LoadCounts & { readonly removedCount: number };
  readonly customerVersion: number;
  /** Rows that were refused, while they were read or now. */
  readonly invalidCount: number;
  readonly ledger: readonly LedgerPart[];
  /** Why nothing was changed. */
  readonly refusal: Problem | undefined;
}

/** A file that has been read whole. */
export interface Intake {
  readonly summary: LoadSummary;
  /** Keyed digest of the body; undefined without a digest key. */
  readonly digest: Buffer | undefined;
  /**
   * Makes it part of the base, all of it in the caller's transaction.
   *
   * @param stillRuns called under the lock: throws when the load's slot has been taken by another
   */
  publish(
    tx: InstitutionTx,
    terms: PublishTerms,
    stillRuns: (tx: InstitutionTx) => Promise<void>,
  ): Promise<PublishedLoad>;
}

/** What is particular to loads of one kind. */
export interface LoadKind extends LoadResource<unknown> {
  /**
   * Reads a body to its end into the spool. No transaction is open meanwhile but short ones that look something up.
   */
  takeIn(order: IntakeOrder, spool: Spool): Promise<Intake>;
  /** Tells the planner how the base looks after a large load. */
  analyze(tx: OperatorTx): Promise<void>;
}

/** A replace that removes more than this part of the base is most often an incomplete file. */
const removedPartMax = 0.1;

export function removesTooMany(terms: PublishTerms, counts: { removedCount: number; totalCount: number }): boolean {
  return !terms.confirmRemovals && counts.removedCount > counts.totalCount * removedPartMax;
}

export function changesAnything(counts: PublishedLoad['counts']): boolean {
  return counts.insertedCount + counts.updatedCount + counts.returnedCount + counts.removedCount > 0;
}
