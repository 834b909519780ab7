import { sayFilter, type Words } from '../../parts/criteria/words.ts';
import type { Clause, FilterType } from './criteria.ts';
import { filterOf } from './criteria-filters.ts';
import { typeOf } from './operators.ts';
import { text } from './text.ts';

/** What a clause asks, in a sentence without its end; where it asks nothing yet, with a gap. */
export function sayClause(clause: Clause, words: Words): string {
  return sayFilter(filterOf(clause), words);
}

/** A clause in a word or two, to name its row: "Age". */
export function nameClause(clause: Clause, { types }: { types: readonly FilterType[] }): string {
  if (clause.kind === 'group') return text.group[clause.match].toLowerCase();
  return typeOf(types, clause)?.label ?? clause.type.name ?? clause.type.id ?? '';
}
