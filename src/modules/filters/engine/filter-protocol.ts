import type { WireError } from '../../../lib/wire-error.ts';
import type { Clause, Truth } from './clause.ts';
import type { FunnelStep } from './clause-bitmap.ts';
import type { ColumnName } from './column-names.ts';
import type { Tallied, TallyOrder } from './tally.ts';

/** The customer base that is asked about. */
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

/** Who matches all clauses. */
export interface Evaluation {
  readonly kind: 'evaluate';
  readonly clauses: readonly Clause[];
  /** Which version of each audience among the clauses is meant. */
  readonly audiences: readonly MembersRef[];
  /** Whether the members are wanted, or their number only. */
  readonly wantsMembers: boolean;
}

export interface Evaluated {
  readonly customerCount: number;
  /** Everybody in the base. */
  readonly baseCount: number;
  readonly steps: readonly FunnelStep[];
  /** Portable Roaring bytes; undefined unless they were wanted. */
  readonly members: Uint8Array | undefined;
}

/** What each clause is of one customer. */
export interface Explanation {
  readonly kind: 'explain';
  readonly clauses: readonly Clause[];
  readonly audiences: readonly MembersRef[];
  readonly ordinal: number;
}

export interface ExplainedClause {
  readonly truth: Truth;
  /** Of a leaf about a column: what the customer has there, a text as it was loaded; undefined = nothing. */
  readonly value: number | string | undefined;
}

/** How the members of an audience, and everybody, are spread over cells. */
export interface Tally {
  readonly kind: 'tally';
  readonly audience: MembersRef;
  readonly orders: readonly TallyOrder[];
}

/** Every question is about one base. */
export type Question = Evaluation | Explanation | Tally;

/** What the thread must be given before it can answer. */
export interface Lacking {
  readonly columns: readonly ColumnName[];
  readonly audiences: readonly MembersRef[];
}

/** By the kind of the question. */
export type Answer =
  | { readonly evaluated: Evaluated }
  | { readonly explained: readonly ExplainedClause[] }
  | { readonly tallied: Tallied };

export type Reply = Answer | { readonly lacking: Lacking };

/** To the thread. Columns come in pieces under a number of their own, and are used once they are whole. */
export type ToFilterWorker =
  | { readonly kind: 'ask'; readonly id: number; readonly base: BaseRef; readonly question: Question }
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
  | { readonly isOk: true; readonly reply: Reply }
  | { readonly isOk: false; readonly error: WireError }
);
