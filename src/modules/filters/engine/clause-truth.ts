import type { Clause, Truth } from './clause.ts';
import type { LeafSource } from './clause-bitmap.ts';
import type { Base } from './leaf-bitmap.ts';

/** What a clause is of one customer, in the logic that selects (Kleene): only `true` makes a member. */
export function clauseTruth(clause: Clause, ordinal: number, from: { base: Base; leafOf: LeafSource }): Truth {
  if (clause.kind === 'leaf') {
    const { test, ofMissing } = clause;
    if (from.leafOf(clause).has(ordinal)) return 'true';
    const isKnown =
      test.kind === 'members' || test.kind === 'missing' || from.base.column(test.column).hasValue(ordinal);
    return isKnown ? 'false' : ofMissing;
  }
  const truths = clause.clauses.map((part) => clauseTruth(part, ordinal, from));
  const decisive = clause.kind === 'allOf' ? 'false' : 'true';
  if (truths.includes(decisive)) return decisive;
  if (truths.includes('unknown')) return 'unknown';
  return decisive === 'true' ? 'false' : 'true';
}
