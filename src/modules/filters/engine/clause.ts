import type { ColumnName } from './column-names.ts';

/**
 * One question about a customer, in numbers of its column. Bounds are inclusive whole numbers: everything that can be
 * ordered here is one (years, days, hundredths), so "more than 5" is "from 6 on".
 */
export type Test =
  | {
      readonly kind: 'range';
      readonly column: ColumnName;
      readonly lower?: number | undefined;
      readonly upper?: number | undefined;
    }
  | { readonly kind: 'numbers'; readonly column: ColumnName; readonly values: readonly number[] }
  /** Holds when the value has one of these bits. */
  | { readonly kind: 'flags'; readonly column: ColumnName; readonly mask: number }
  /** `texts` are folded (`foldText`), and so are the values that they are held against. */
  | {
      readonly kind: 'text';
      readonly column: ColumnName;
      readonly match: 'equals' | 'contains' | 'startsWith';
      readonly texts: readonly string[];
    }
  | { readonly kind: 'missing'; readonly column: ColumnName }
  | { readonly kind: 'members'; readonly audienceIds: readonly string[] };

/** A test as it counts, after every "not" around it. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly test: Test;
  /** Turns the test over among the customers who have a value. */
  readonly isNegated: boolean;
  /** Of a customer without a value: a filter is unknown unless it takes missing values in. */
  readonly ofMissing: Truth;
}

export type Truth = 'true' | 'false' | 'unknown';

export interface Group {
  readonly kind: 'allOf' | 'anyOf';
  readonly clauses: readonly Clause[];
}

export type Clause = Leaf | Group;

/**
 * The opposite of a clause in three-valued logic (Kleene): what is unknown stays unknown, so whoever has no value
 * matches neither a clause nor its opposite. By De Morgan's laws "not" sinks to the leaves: the engine asks of each
 * clause only who matches, and needs no third set.
 */
export function opposite(clause: Clause): Clause {
  if (clause.kind !== 'leaf') {
    return { kind: clause.kind === 'allOf' ? 'anyOf' : 'allOf', clauses: clause.clauses.map(opposite) };
  }
  return { ...clause, isNegated: !clause.isNegated, ofMissing: oppositeOf[clause.ofMissing] };
}

const oppositeOf = { true: 'false', false: 'true', unknown: 'unknown' } as const;

/** Columns that must be there to judge the clauses. */
export function columnsOf(clauses: readonly Clause[]): Set<ColumnName> {
  return new Set(leavesOf(clauses).flatMap(({ test }) => (test.kind === 'members' ? [] : [test.column])));
}

/** Audiences whose members must be there. */
export function audiencesOf(clauses: readonly Clause[]): Set<string> {
  return new Set(leavesOf(clauses).flatMap(({ test }) => (test.kind === 'members' ? test.audienceIds : [])));
}

export function leavesOf(clauses: readonly Clause[]): Leaf[] {
  return clauses.flatMap((clause) => (clause.kind === 'leaf' ? [clause] : leavesOf(clause.clauses)));
}
