import type { Schemas } from '../../api/client.ts';

export type Filter = Schemas['customerAudienceFilter'];
export type FilterType = Schemas['analyticFilterType'];
export type Operator = FilterType['operators'][number];
export type Value = string | number | boolean;

/** Groups within groups, a negation among them: the API takes no more. */
export const depthMax = 5;
/** Filters that are no groups. */
export const leavesMax = 100;

/** One question about a customer. */
export interface Leaf {
  readonly kind: 'leaf';
  readonly id: string;
  readonly isNegated: boolean;
  /** As a filter names it: by id, by name, or by both. */
  readonly type: { readonly id?: string; readonly name?: string };
  readonly operator: Operator;
  readonly values: readonly Value[];
  /** Whether customers without a value match too. */
  readonly includesMissing: boolean;
}

/** Several clauses, of which any or all hold. */
export interface Group {
  readonly kind: 'group';
  readonly id: string;
  readonly isNegated: boolean;
  readonly match: 'anyOf' | 'allOf';
  readonly parts: readonly Clause[];
}

export type Clause = Leaf | Group;

/** All of its parts must hold. It is no group of the API: its parts are the elements of `filters`. */
export type Criteria = Group & { readonly id: typeof rootId };

export const rootId = 'all';

export function criteriaOf(parts: readonly Clause[]): Criteria {
  return { kind: 'group', id: rootId, isNegated: false, match: 'allOf', parts };
}

export const noCriteria = criteriaOf([]);

/** The clause, wherever it stands. */
export function findClause(within: Group, id: string): Clause | undefined {
  for (const part of within.parts) {
    if (part.id === id) return part;
    const found = part.kind === 'group' ? findClause(part, id) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where it stands: in which group, and at which place of it. */
export interface Place {
  readonly group: Group;
  readonly index: number;
}

export function placeOf(within: Group, id: string): Place | undefined {
  const index = within.parts.findIndex((part) => part.id === id);
  if (index >= 0) return { group: within, index };
  for (const part of within.parts) {
    const found = part.kind === 'group' ? placeOf(part, id) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Every question, in the order in which they are read. */
export function leavesOf(clause: Clause): readonly Leaf[] {
  return clause.kind === 'leaf' ? [clause] : clause.parts.flatMap(leavesOf);
}

/** How many groups the API would see around its innermost question, itself among them. */
export function depthOf(clause: Clause): number {
  const negation = clause.isNegated ? 1 : 0;
  if (clause.kind === 'leaf') return negation;
  return negation + 1 + Math.max(0, ...clause.parts.map(depthOf));
}

/** Whether the API takes so many clauses, nested so deep. */
export function isWithinLimits(criteria: Criteria): boolean {
  return criteria.parts.every((part) => depthOf(part) <= depthMax) && leavesOf(criteria).length <= leavesMax;
}

/** What changes criteria. It answers the criteria as they were, the same object, where it cannot be done. */
export type Change = (before: Criteria) => Criteria;

/** Puts a new clause at the end of a group. */
export const add =
  (clause: Clause, groupId: string): Change =>
  (before) =>
    limited(
      before,
      withParts(before, groupId, (parts) => [...parts, clause]),
    );

/** Takes a clause out, and with it the groups that it leaves empty. */
export const remove =
  (id: string): Change =>
  (before) => {
    const place = placeOf(before, id);
    if (place === undefined) return before;
    const { group, index } = place;
    if (group.parts.length === 1 && group.id !== rootId) return remove(group.id)(before);
    return withParts(before, group.id, (parts) => parts.toSpliced(index, 1));
  };

export const changeLeaf =
  (id: string, change: Partial<Pick<Leaf, 'operator' | 'values' | 'includesMissing'>>): Change =>
  (before) =>
    replace(before, id, (clause) => (clause.kind === 'leaf' ? { ...clause, ...change } : clause));

export const matchGroup =
  (id: string, match: Group['match']): Change =>
  (before) =>
    replace(before, id, (clause) => (clause.kind === 'group' ? { ...clause, match } : clause));

export const negate =
  (id: string): Change =>
  (before) =>
    limited(
      before,
      replace(before, id, (clause) => ({ ...clause, isNegated: !clause.isNegated })),
    );

/** @param newId makes an id for each clause of the copy */
export const duplicate =
  (id: string, newId: () => string): Change =>
  (before) => {
    const place = placeOf(before, id);
    const clause = findClause(before, id);
    if (place === undefined || clause === undefined) return before;
    return limited(
      before,
      withParts(before, place.group.id, (parts) => parts.toSpliced(place.index + 1, 0, copyOf(clause, newId))),
    );
  };

function copyOf(clause: Clause, newId: () => string): Clause {
  if (clause.kind === 'leaf') return { ...clause, id: newId() };
  return { ...clause, id: newId(), parts: clause.parts.map((part) => copyOf(part, newId)) };
}

/** The criteria with other parts in one group. */
export function withParts(
  criteria: Criteria,
  groupId: string,
  change: (parts: readonly Clause[]) => readonly Clause[],
): Criteria {
  if (groupId === rootId) return criteriaOf(change(criteria.parts));
  return replace(criteria, groupId, (clause) =>
    clause.kind === 'group' ? { ...clause, parts: change(clause.parts) } : clause,
  );
}

/** The new criteria where the API takes them, else those before. */
export function limited(before: Criteria, after: Criteria): Criteria {
  return isWithinLimits(after) ? after : before;
}

function replace(criteria: Criteria, id: string, change: (clause: Clause) => Clause): Criteria {
  return findClause(criteria, id) === undefined ? criteria : criteriaOf(replaceIn(criteria.parts, id, change));
}

function replaceIn(parts: readonly Clause[], id: string, change: (clause: Clause) => Clause): readonly Clause[] {
  return parts.map((part) => {
    if (part.id === id) return change(part);
    // What is not on the way stays the same object: its row is not drawn anew.
    if (part.kind === 'leaf' || findClause(part, id) === undefined) return part;
    return { ...part, parts: replaceIn(part.parts, id, change) };
  });
}
