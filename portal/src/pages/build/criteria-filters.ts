import { type Clause, type Criteria, criteriaOf, type Filter, type Leaf } from './criteria.ts';
import { isComplete } from './operators.ts';

/** Criteria as the API takes them, and the way back from its JSON pointers. */
export interface WrittenFilters {
  readonly filters: readonly Filter[];
  /** The clause of each pointer, an inner one under its own. */
  readonly clauseAt: ReadonlyMap<string, string>;
  /** Clauses that ask nothing yet: they are not among the filters. */
  readonly incomplete: readonly string[];
}

/**
 * @param options.keepIncomplete with clauses that ask nothing yet, to be kept and read again, not to be sent
 */
export function writeFilters(
  criteria: Criteria,
  { keepIncomplete = false }: { keepIncomplete?: boolean } = {},
): WrittenFilters {
  const writer = new FilterWriter(keepIncomplete);
  const filters: Filter[] = [];
  for (const [ordinal, clause] of criteria.parts.entries()) {
    const filter = writer.write(clause, `/filters/${filters.length}`);
    if (filter !== undefined) filters.push({ ...filter, ordinal });
  }
  return { filters, clauseAt: writer.clauseAt, incomplete: writer.incomplete };
}

/** One clause as a filter, with what is still to be said of it. */
export function filterOf(clause: Clause): Filter {
  return new FilterWriter(true).write(clause, '') ?? {};
}

class FilterWriter {
  readonly clauseAt = new Map<string, string>();
  readonly incomplete: string[] = [];
  readonly #keepIncomplete: boolean;

  constructor(keepIncomplete: boolean) {
    this.#keepIncomplete = keepIncomplete;
  }

  write(clause: Clause, pointer: string): Filter | undefined {
    const inner = clause.isNegated ? `${pointer}/not` : pointer;
    const written = clause.kind === 'leaf' ? this.#writeLeaf(clause) : this.#writeGroup(clause, inner);
    if (written === undefined) return undefined;
    this.clauseAt.set(pointer, clause.id);
    return clause.isNegated ? { not: written } : written;
  }

  #writeLeaf(leaf: Leaf): Filter | undefined {
    if (!isComplete(leaf)) {
      this.incomplete.push(leaf.id);
      if (!this.#keepIncomplete) return undefined;
    }
    return {
      filterType: { ...leaf.type },
      operator: leaf.operator,
      values: [...leaf.values],
      includeMissingValues: leaf.includesMissing,
    };
  }

  #writeGroup({ match, parts }: Extract<Clause, { kind: 'group' }>, pointer: string): Filter | undefined {
    const written: Filter[] = [];
    for (const part of parts) {
      const filter = this.write(part, `${pointer}/${match}/${written.length}`);
      if (filter !== undefined) written.push(filter);
    }
    if (written.length === 0) return undefined;
    return match === 'anyOf' ? { anyOf: written } : { allOf: written };
  }
}

/** The clause that a pointer of a problem leads to, or into. */
export function clauseUnder(clauseAt: ReadonlyMap<string, string>, pointer: string): string | undefined {
  for (let place = pointer; place !== ''; place = place.slice(0, place.lastIndexOf('/'))) {
    const id = clauseAt.get(place);
    if (id !== undefined) return id;
  }
  return undefined;
}

/**
 * Filters as clauses, in the order of their ordinals. A negation of a negation is none (three-valued logic too).
 *
 * @param newId makes an id for each clause
 */
export function readFilters(filters: readonly Filter[], newId: () => string): Criteria {
  const ordered = filters
    .map((filter, index) => ({ filter, index, ordinal: filter.ordinal ?? index }))
    .sort((a, b) => a.ordinal - b.ordinal || a.index - b.index);
  return criteriaOf(ordered.map(({ filter }) => readFilter(filter, newId)));
}

function readFilter(filter: Filter, newId: () => string): Clause {
  if (filter.not !== undefined) {
    const clause = readFilter(filter.not, newId);
    return { ...clause, isNegated: !clause.isNegated };
  }
  const match = filter.anyOf === undefined ? 'allOf' : 'anyOf';
  const parts = filter.anyOf ?? filter.allOf;
  if (parts !== undefined) {
    const read = parts.map((part) => readFilter(part, newId));
    return { kind: 'group', id: newId(), isNegated: false, match, parts: read };
  }
  return {
    kind: 'leaf',
    id: newId(),
    isNegated: false,
    type: { ...filter.filterType },
    operator: filter.operator ?? 'isPresent',
    values: filter.values ?? [],
    includesMissing: filter.includeMissingValues ?? false,
  };
}
