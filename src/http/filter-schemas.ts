import { Type } from 'typebox';
import { type RangeKind, rangeCharactersMax } from '../lib/range.ts';
import { sortCharactersMax } from '../lib/sort.ts';

/** A set filter in a query; read it by `parseSet(query.state, allowed, 'state')`. */
export function setFilterSchema(allowed: readonly string[], description: string) {
  return Type.Array(Type.String({ minLength: 1, maxLength: 400 }), {
    minItems: 1,
    maxItems: 20,
    description: `${description} One or more of ${allowed.map((value) => `\`${value}\``).join(', ')}, joined by \`|\` (any of them), or the parameter repeated.`,
  });
}

/** A range filter in a query; read it by `parseRange(kind, query.createdAt, 'createdAt')`. */
export function rangeFilterSchema(kind: RangeKind, description: string) {
  return Type.String({
    minLength: 1,
    maxLength: rangeCharactersMax,
    description: `${description} One ${kind}, or a range: \`[a,b]\`, \`(a,b)\`, \`[a,b)\`, \`(a,b]\`, open \`[a,]\`, \`(,b]\`; brackets include the bound, parentheses exclude it.`,
  });
}

/** `sortBy` in a query; read it by `parseSort(query.sortBy ?? default, allowed)`. */
export function sortSchema(allowed: readonly string[], byDefault: string) {
  return Type.String({
    minLength: 1,
    maxLength: sortCharactersMax,
    description: `Fields to sort by, joined by commas, \`-\` before a field for descending: ${allowed.map((field) => `\`${field}\``).join(', ')}. By default \`${byDefault}\`.`,
  });
}
