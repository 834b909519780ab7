import {
  type Change,
  type Clause,
  type Criteria,
  findClause,
  type Group,
  limited,
  placeOf,
  remove,
  rootId,
  withParts,
} from './criteria.ts';

/** Beside another clause. */
export interface Target {
  readonly id: string;
  readonly side: 'before' | 'after';
}

export type Step = 'up' | 'down' | 'in' | 'out';

/** Puts a clause beside another one; a group goes with all that is in it, and not into itself. */
export const moveBeside =
  (id: string, target: Target): Change =>
  (before) => {
    const clause = findClause(before, id);
    const isInside = clause?.kind === 'group' && findClause(clause, target.id) !== undefined;
    if (clause === undefined || id === target.id || isInside || findClause(before, target.id) === undefined) {
      return before;
    }
    return relocate(before, clause, (rest) => beside(rest, clause, target));
  };

/** One step by the keyboard: over the neighbour, into the group beside it, or out of the group around it. */
export const moveStep =
  (id: string, step: Step): Change =>
  (before) => {
    const clause = findClause(before, id);
    const place = placeOf(before, id);
    if (clause === undefined || place === undefined) return before;
    const { group, index } = place;
    if (step === 'in') return moveIn(before, clause, { group, index });
    const neighbour = group.parts[step === 'up' ? index - 1 : index + 1];
    if (step !== 'out' && neighbour !== undefined) {
      return moveBeside(id, { id: neighbour.id, side: step === 'up' ? 'before' : 'after' })(before);
    }
    if (group.id === rootId) return before;
    const side = step === 'up' ? 'before' : 'after';
    return relocate(before, clause, (rest) => beside(rest, clause, { id: group.id, side }));
  };

function moveIn(before: Criteria, clause: Clause, { group, index }: { group: Group; index: number }): Criteria {
  const above = group.parts[index - 1];
  const below = group.parts[index + 1];
  if (above?.kind === 'group') {
    return relocate(before, clause, (rest) => withParts(rest, above.id, (parts) => [...parts, clause]));
  }
  if (below?.kind !== 'group') return before;
  return relocate(before, clause, (rest) => withParts(rest, below.id, (parts) => [clause, ...parts]));
}

/** Makes one group, of which any holds, of a clause and the one below it. */
export const groupWithNext =
  (id: string, groupId: string): Change =>
  (before) => {
    const place = placeOf(before, id);
    const pair = place?.group.parts.slice(place.index, place.index + 2) ?? [];
    if (place === undefined || pair.length < 2) return before;
    const made: Group = { kind: 'group', id: groupId, isNegated: false, match: 'anyOf', parts: pair };
    return limited(
      before,
      withParts(before, place.group.id, (parts) => parts.toSpliced(place.index, 2, made)),
    );
  };

/** Puts the parts of a group in its place. One that is negated says something else without its frame, and stays. */
export const ungroup =
  (id: string): Change =>
  (before) => {
    const place = placeOf(before, id);
    const group = findClause(before, id);
    if (place === undefined || group?.kind !== 'group' || group.isNegated) return before;
    return withParts(before, place.group.id, (parts) => parts.toSpliced(place.index, 1, ...group.parts));
  };

/** Takes it out and puts it in again elsewhere; where its group was left empty only after that, it goes too. */
function relocate(before: Criteria, clause: Clause, insert: (rest: Criteria) => Criteria): Criteria {
  const old = placeOf(before, clause.id);
  if (old === undefined) return before;
  const rest = withParts(before, old.group.id, (parts) => parts.filter(({ id }) => id !== clause.id));
  const moved = insert(rest);
  const isEmptied =
    old.group.id !== rootId && placeOf(moved, old.group.id) !== undefined && isEmpty(moved, old.group.id);
  return limited(before, isEmptied ? remove(old.group.id)(moved) : moved);
}

function isEmpty(criteria: Criteria, groupId: string): boolean {
  const group = findClause(criteria, groupId);
  return group?.kind === 'group' && group.parts.length === 0;
}

function beside(rest: Criteria, clause: Clause, target: Target): Criteria {
  const place = placeOf(rest, target.id);
  if (place === undefined) return rest;
  const at = place.index + (target.side === 'after' ? 1 : 0);
  return withParts(rest, place.group.id, (parts) => parts.toSpliced(at, 0, clause));
}
