import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  add,
  type Change,
  type Clause,
  type Criteria,
  changeLeaf,
  criteriaOf,
  depthOf,
  duplicate,
  findClause,
  type Group,
  isWithinLimits,
  type Leaf,
  leavesOf,
  matchGroup,
  negate,
  placeOf,
  remove,
} from './criteria.ts';
import { groupWithNext, moveBeside, moveStep, ungroup } from './criteria-move.ts';

const leaf = (id: string): Leaf => ({
  kind: 'leaf',
  id,
  isNegated: false,
  type: { name: 'customerAge' },
  operator: 'equals',
  values: [40],
  includesMissing: false,
});
const group = (id: string, ...parts: Clause[]): Group => ({
  kind: 'group',
  id,
  isNegated: false,
  match: 'anyOf',
  parts,
});

/** "a (b c) d" */
function shape(criteria: Criteria): string {
  const told = (clause: Clause): string => {
    const said = clause.kind === 'leaf' ? clause.id : `${clause.id}(${clause.parts.map(told).join(' ')})`;
    return clause.isNegated ? `!${said}` : said;
  };
  return criteria.parts.map(told).join(' ');
}

const start = criteriaOf([leaf('a'), group('g', leaf('b'), leaf('c')), leaf('d')]);

/** Applies a change to what nothing may write to. */
function changed(change: Change, before: Criteria = start): string {
  return shape(change(frozen(before)));
}

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(Object.freeze(value))) frozen(part);
  return value;
}

test('a clause is found wherever it stands, with its place', () => {
  assert.equal(findClause(start, 'c')?.id, 'c');
  assert.equal(placeOf(start, 'c')?.group.id, 'g');
  assert.equal(placeOf(start, 'c')?.index, 1);
  assert.equal(findClause(start, 'z'), undefined);
  assert.deepEqual(
    leavesOf(start).map(({ id }) => id),
    ['a', 'b', 'c', 'd'],
  );
});

test('clauses are added, changed, negated, copied and removed without a write to what was', () => {
  assert.equal(changed(add(leaf('e'), 'all')), 'a g(b c) d e');
  assert.equal(changed(add(leaf('e'), 'g')), 'a g(b c e) d');
  assert.equal(changed(negate('g')), 'a !g(b c) d');
  assert.equal(changed(remove('b')), 'a g(c) d');
  let count = 0;
  assert.equal(
    changed(
      duplicate('g', () => {
        count += 1;
        return `n${count}`;
      }),
    ),
    'a g(b c) n1(n2 n3) d',
  );
  const after = changeLeaf('b', { operator: 'in', values: [1, 2] })(frozen(start));
  const found = findClause(after, 'b');
  assert.deepEqual(found?.kind === 'leaf' && found.values, [1, 2]);
  assert.equal(after.parts[0], start.parts[0], 'what did not change stays the same object');
  const matched = findClause(matchGroup('g', 'allOf')(frozen(start)), 'g');
  assert.equal(matched?.kind === 'group' && matched.match, 'allOf');
});

test('with the last of its parts a group goes too', () => {
  const nested = criteriaOf([leaf('a'), group('g', group('h', leaf('b')))]);
  assert.equal(changed(remove('b'), nested), 'a');
  assert.equal(changed(moveStep('b', 'out'), nested), 'a g(b)');
});

test('what does not exist changes nothing', () => {
  for (const change of [remove('z'), negate('z'), moveStep('z', 'up'), ungroup('z'), groupWithNext('z', 'n')]) {
    assert.equal(change(start), start);
  }
});

test('by keyboard a clause goes over its neighbour, and out of its group at the edge', () => {
  assert.equal(changed(moveStep('a', 'up')), 'a g(b c) d');
  assert.equal(changed(moveStep('a', 'down')), 'g(b c) a d');
  assert.equal(changed(moveStep('b', 'up')), 'a b g(c) d');
  assert.equal(changed(moveStep('c', 'down')), 'a g(b) c d');
  assert.equal(changed(moveStep('c', 'up')), 'a g(c b) d');
  assert.equal(changed(moveStep('d', 'in')), 'a g(b c d)');
  assert.equal(changed(moveStep('a', 'in')), 'g(a b c) d');
  assert.equal(changed(moveStep('b', 'out')), 'a g(c) b d');
  assert.equal(changed(moveStep('d', 'down')), 'a g(b c) d');
});

test('by pointer a clause goes beside any other, and no group into itself', () => {
  assert.equal(changed(moveBeside('a', { id: 'b', side: 'after' })), 'g(b a c) d');
  assert.equal(changed(moveBeside('c', { id: 'a', side: 'before' })), 'c a g(b) d');
  assert.equal(changed(moveBeside('g', { id: 'd', side: 'after' })), 'a d g(b c)');
  const within = moveBeside('g', { id: 'b', side: 'before' });
  assert.equal(within(start), start);
  const itself = moveBeside('a', { id: 'a', side: 'after' });
  assert.equal(itself(start), start);
});

test('two are grouped, and a group is dissolved unless it is negated', () => {
  assert.equal(changed(groupWithNext('a', 'n')), 'n(a g(b c)) d');
  assert.equal(changed(groupWithNext('d', 'n')), 'a g(b c) d');
  assert.equal(changed(ungroup('g')), 'a b c d');
  assert.equal(changed(ungroup('g'), negate('g')(start)), 'a !g(b c) d');
});

test('groups nest five deep, a negation among them, and no deeper', () => {
  const five = ['h5', 'h4', 'h3', 'h2', 'h1'].reduce<Clause>((inner, id) => group(id, inner), leaf('x'));
  const deep = criteriaOf([five, leaf('y')]);
  assert.equal(depthOf(five), 5);
  assert.ok(isWithinLimits(deep));
  for (const change of [
    negate('x'),
    negate('h1'),
    groupWithNext('h1', 'n'),
    moveBeside('y', { id: 'x', side: 'after' }),
  ]) {
    const after = change(deep);
    assert.ok(isWithinLimits(after));
  }
  assert.equal(negate('x')(deep), deep);
  assert.equal(groupWithNext('h1', 'n')(deep), deep);
});

test('there are at most a hundred filters', () => {
  const full = criteriaOf(Array.from({ length: 100 }, (_, index) => leaf(`l${index}`)));
  assert.equal(add(leaf('more'), 'all')(full), full);
  assert.equal(duplicate('l1', () => 'copy')(full), full);
});
