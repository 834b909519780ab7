import type { WireError } from '../../../lib/wire-error.ts';
import type { Clause, Truth } from './clause.ts';
import type { FunnelStep } from './clause-bitmap.ts';
import type { ColumnName } from './column-names.ts';

/** The customer base that clauses are judged over. */
export interface BaseRef {
  readonly institutionId: string;
  /** Changes with every load: what columns are kept by. */
  readonly factsVersion: number;
  /** Ordinals given so far: everybody has one below it. */
  readonly nextOrdinal: number;
  /** Erased or removed, portable Roaring bytes. */
  readonly gone: Uint8Array;
}

/** One version of an audience. */
export interface MembersRef {
  readonly audienceId: string;
  readonly version: number;
}

export interface Evaluation {
  readonly base: BaseRef;
  readonly clauses: readonly Clause[];
  /** Which version of each audience among the clauses is meant. */
  readonly audiences: readonly MembersRef[];
  /** Whether the members are wanted, or their number only. */
  readonly wantsMembers: boolean;
  /** The ordinal of a customer of whom it is wanted which clauses they match. */
  readonly explained?: number | undefined;
}

export interface Evaluated {
  readonly customerCount: number;
  /** Everybody in the base. */
  readonly baseCount: number;
  readonly steps: readonly FunnelStep[];
  /** Portable Roaring bytes; undefined unless they were wanted. */
  readonly members: Uint8Array | undefined;
  /** What each clause is of the customer to be explained. */
  readonly truths: readonly Truth[] | undefined;
}

/** What the thread must be given before it can judge. */
export interface Lacking {
  readonly columns: readonly ColumnName[];
  readonly audiences: readonly MembersRef[];
}

export type EvaluationReply = { readonly evaluated: Evaluated } | { readonly lacking: Lacking };

/** To the thread. Columns come in pieces under a number of their own, and are used once they are whole. */
export type ToFilterWorker =
  | { readonly kind: 'evaluate'; readonly id: number; readonly evaluation: Evaluation }
  | { readonly kind: 'begin'; readonly load: number; readonly base: BaseRef }
  /** Packed big-endian records: ordinal int4, then a float8 for each of the columns (NaN = none). */
  | {
      readonly kind: 'numbers';
      readonly load: number;
      readonly columns: readonly ColumnName[];
      readonly records: Uint8Array;
    }
  /** All ordinals (packed big-endian int4) that have this text. */
  | {
      readonly kind: 'text';
      readonly load: number;
      readonly column: ColumnName;
      readonly text: string;
      readonly ordinals: Uint8Array;
    }
  /** All pieces have come, or (no columns) none of them is wanted any more. */
  | { readonly kind: 'end'; readonly load: number; readonly columns: readonly ColumnName[] }
  | {
      readonly kind: 'members';
      readonly institutionId: string;
      readonly ref: MembersRef;
      readonly members: Uint8Array;
    };

export type FromFilterWorker = { readonly id: number } & (
  | { readonly isOk: true; readonly reply: EvaluationReply }
  | { readonly isOk: false; readonly error: WireError }
);
