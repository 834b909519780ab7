import { audiencesOf, type Clause, type Leaf, opposite } from './engine/clause.ts';
import { FilterFaults } from './filter-faults.ts';
import { type FilterReading, readLeaf } from './filter-leaf.ts';
import { type FilterBody, filterDepthMax, filterLeavesMax } from './filter-schemas.ts';
import type { FilterType } from './filter-type.ts';
import type { GivenValue } from './filter-value.ts';

export interface CheckedFilters {
  /** In the order of their ordinals: a customer must match all of them. */
  readonly clauses: readonly Clause[];
  /** The filters as they are kept: complete, in order, types by id and name. */
  readonly filters: readonly FilterBody[];
  /** Every filter that is no group, in the order of the body. */
  readonly leaves: readonly CheckedLeaf[];
  /** Audiences that they ask about. */
  readonly audienceIds: ReadonlySet<string>;
  /** Names of the types among theirs that fair lending restricts, in order. */
  readonly restrictedTypes: readonly string[];
}

export interface CheckedLeaf {
  /** JSON pointer. */
  readonly pointer: string;
  /** The element of the body that it is, or is in. */
  readonly index: number;
  readonly type: FilterType;
  readonly values: readonly GivenValue[];
  /** As it stands there, without a "not" around it. */
  readonly clause: Leaf;
}

/**
 * Holds filters to their types and makes clauses of them.
 *
 * @param options.today days since 1970-01-01 (UTC): ages and "last 30 days" count from it
 * @param options.pointer where the array stands in the body
 * @throws Problem `invalidFilters`, which names each fault by JSON pointer and repeats no value
 */
export function checkFilters(
  filters: readonly FilterBody[],
  types: readonly FilterType[],
  options: { today: number; pointer?: string },
): CheckedFilters {
  const { today, pointer = '/filters' } = options;
  const faults = new FilterFaults();
  const check = new FilterCheck(types, { faults, today });
  const read = filters.map((filter, index) => check.read(filter, { pointer: `${pointer}/${index}`, index, depth: 0 }));
  if (check.leafCount > filterLeavesMax) faults.add(pointer, `more than ${filterLeavesMax} filters.`);
  faults.throwAny();
  const complete = read.flatMap((element, index) => (element === undefined ? [] : [{ ...element, index }]));
  const ordinalOf = ({ filter, index }: (typeof complete)[number]) => filter.ordinal ?? index;
  complete.sort((a, b) => ordinalOf(a) - ordinalOf(b) || a.index - b.index);
  const clauses = complete.map(({ clause }) => clause);
  const restricted = check.leaves.flatMap(({ type }) => (type.fairLending === undefined ? [] : [type.name]));
  return {
    clauses,
    filters: complete.map((element) => ({ ...element.filter, ordinal: ordinalOf(element) })),
    leaves: check.leaves,
    audienceIds: audiencesOf(clauses),
    restrictedTypes: [...new Set(restricted)].toSorted(),
  };
}

interface Element {
  readonly clause: Clause;
  readonly filter: FilterBody;
}

interface Place {
  readonly pointer: string;
  readonly index: number;
  /** Groups around it. */
  readonly depth: number;
}

class FilterCheck {
  /** Those with a fault too. */
  leafCount = 0;
  readonly leaves: CheckedLeaf[] = [];
  readonly #types: readonly FilterType[];
  readonly #reading: FilterReading;

  constructor(types: readonly FilterType[], reading: FilterReading) {
    this.#types = types;
    this.#reading = reading;
  }

  read(filter: FilterBody, place: Place): Element | undefined {
    const { faults } = this.#reading;
    const groups = (['anyOf', 'allOf', 'not'] as const).filter((name) => filter[name] !== undefined);
    const [group] = groups;
    if (group === undefined) return this.#readLeaf(filter, place);
    const isLeafToo = filter.filterType !== undefined || filter.operator !== undefined || filter.values !== undefined;
    if (groups.length > 1 || isLeafToo || filter.includeMissingValues !== undefined) {
      return faults.add(place.pointer, 'must be either one filter or one of anyOf, allOf and not.');
    }
    if (place.depth === filterDepthMax) {
      return faults.add(place.pointer, `groups may nest at most ${filterDepthMax} deep.`);
    }
    const ordinal = filter.ordinal === undefined ? {} : { ordinal: filter.ordinal };
    if (group === 'not') return this.#readOpposite(filter.not ?? {}, ordinal, place);
    const within = (part: number) => ({
      ...place,
      pointer: `${place.pointer}/${group}/${part}`,
      depth: place.depth + 1,
    });
    const read = (filter[group] ?? []).map((part, number) => this.read(part, within(number)));
    const parts = read.flatMap((element) => (element === undefined ? [] : [element]));
    if (parts.length < read.length) return undefined;
    return {
      clause: { kind: group, clauses: parts.map(({ clause }) => clause) },
      filter: { [group]: parts.map((part) => part.filter), ...ordinal },
    };
  }

  #readOpposite(part: FilterBody, ordinal: { ordinal?: number }, place: Place): Element | undefined {
    const read = this.read(part, { ...place, pointer: `${place.pointer}/not`, depth: place.depth + 1 });
    return read && { clause: opposite(read.clause), filter: { not: read.filter, ...ordinal } };
  }

  #readLeaf(filter: FilterBody, { pointer, index }: Place): Element | undefined {
    this.leafCount += 1;
    const type = this.#findType(filter, pointer);
    const clause = type && readLeaf(this.#reading, type, filter, pointer);
    if (type === undefined || clause === undefined) return undefined;
    this.leaves.push({ pointer, index, type, values: filter.values ?? [], clause });
    return {
      clause,
      filter: {
        filterType: { id: type.id, name: type.name },
        ...(filter.operator === undefined ? {} : { operator: filter.operator }),
        values: filter.values ?? [],
        ...(filter.ordinal === undefined ? {} : { ordinal: filter.ordinal }),
        includeMissingValues: filter.includeMissingValues ?? false,
      },
    };
  }

  #findType({ filterType }: FilterBody, pointer: string): FilterType | undefined {
    const { faults } = this.#reading;
    const { id, name } = filterType ?? {};
    if (id === undefined && name === undefined) {
      return faults.add(pointer, 'filterType must name a type by id or name.');
    }
    const type = this.#types.find((known) => known.id === id || (id === undefined && known.name === name));
    if (type === undefined) {
      return faults.add(
        `${pointer}/filterType`,
        'there is no such filter type; GET /service/analyticFilterTypes lists them.',
      );
    }
    if (name !== undefined && name !== type.name) {
      return faults.add(`${pointer}/filterType`, 'id and name are not of one type.');
    }
    return type;
  }
}
