import type { Clause, Leaf, Truth } from './clause.ts';
import { valueAt } from './column.ts';
import { type Base, passesOf } from './leaf-bitmap.ts';

/** What a clause is of one customer, in the logic that selects (Kleene): only `true` makes a member. */
export function clauseTruth(clause: Clause, ordinal: number, base: Omit<Base, 'everybody'>): Truth {
  if (clause.kind === 'leaf') return leafTruth(clause, ordinal, base);
  const truths = clause.clauses.map((part) => clauseTruth(part, ordinal, base));
  const decisive = clause.kind === 'allOf' ? 'false' : 'true';
  if (truths.includes(decisive)) return decisive;
  if (truths.includes('unknown')) return 'unknown';
  return decisive === 'true' ? 'false' : 'true';
}

function leafTruth({ test, isNegated, ofMissing }: Leaf, ordinal: number, base: Omit<Base, 'everybody'>): Truth {
  const truthOf = (holds: boolean) => (holds === isNegated ? 'false' : 'true');
  if (test.kind === 'members') return truthOf(test.audienceIds.some((id) => base.members(id).has(ordinal)));
  const column = base.column(test.column);
  const value = valueAt(column, ordinal);
  if (test.kind === 'missing') return truthOf(value === undefined);
  return value === undefined ? ofMissing : truthOf(passesOf(column, test)(value));
}
