import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeLeaf, type Filter, negate } from './criteria.ts';
import { clauseUnder, readFilters, writeFilters } from './criteria-filters.ts';

function counter(): () => string {
  let count = 0;
  return () => {
    count += 1;
    return `c${count}`;
  };
}

const age: Filter = {
  filterType: { id: 'customerAge', name: 'customerAge' },
  operator: 'between',
  values: [35, 49],
  includeMissingValues: false,
};
const region: Filter = {
  filterType: { name: 'regionCode' },
  operator: 'in',
  values: ['NC', 'SC'],
  includeMissingValues: true,
};
const missing: Filter = {
  filterType: { id: 'a1b2c3d4' },
  operator: 'isMissing',
  values: [],
  includeMissingValues: false,
};
const consent: Filter = {
  filterType: { name: 'consentEmail' },
  operator: 'equals',
  values: [true],
  includeMissingValues: false,
};

/** Every shape that the guide has: a filter by name, by id, by both; groups, negations, groups in groups. */
const shapes: readonly Filter[][] = [
  [],
  [age],
  [region, missing],
  [{ not: age }],
  [{ anyOf: [age, region] }, { allOf: [consent, { not: region }] }],
  [{ not: { anyOf: [{ allOf: [age, { not: { anyOf: [region] } }] }, missing] } }],
];

test('filters become criteria and the same filters again', () => {
  for (const filters of shapes) {
    const ordered = filters.map((filter, ordinal) => ({ ...filter, ordinal }));
    assert.deepEqual(writeFilters(readFilters(ordered, counter())).filters, ordered);
  }
});

test('the order is that of the ordinals, and of the array where they are equal or absent', () => {
  const read = readFilters([{ ...age, ordinal: 7 }, { ...region, ordinal: 2 }, missing], counter());
  const { filters } = writeFilters(read);
  assert.deepEqual(
    filters.map(({ filterType, ordinal }) => [filterType?.name ?? filterType?.id, ordinal]),
    [
      ['regionCode', 0],
      ['a1b2c3d4', 1],
      ['customerAge', 2],
    ],
  );
});

test('a negation of a negation is none', () => {
  const [first] = writeFilters(readFilters([{ not: { not: age } }], counter())).filters;
  assert.deepEqual(first, { ...age, ordinal: 0 });
});

test('a clause that asks nothing yet is left out; the others keep the ordinals of their places', () => {
  const criteria = readFilters([age, { anyOf: [region] }, consent], counter());
  const emptied = changeLeaf('c2', { values: [] })(criteria);
  const inner = criteria.parts[1];
  const innerId = inner?.kind === 'group' ? (inner.parts[0]?.id ?? '') : '';
  const written = writeFilters(changeLeaf(innerId, { values: [] })(emptied));
  assert.deepEqual(
    written.filters.map(({ ordinal }) => ordinal),
    [0, 2],
  );
  assert.deepEqual(written.incomplete, [innerId]);
  const kept = writeFilters(changeLeaf(innerId, { values: [] })(criteria), { keepIncomplete: true });
  assert.equal(kept.filters.length, 3);
});

test('a pointer leads to the clause that it names, or that it is in', () => {
  const criteria = readFilters([age, { not: { anyOf: [region, consent] } }], counter());
  const { clauseAt } = writeFilters(criteria);
  const outer = criteria.parts[1];
  const innerIds = outer?.kind === 'group' ? outer.parts.map(({ id }) => id) : [];
  assert.equal(clauseUnder(clauseAt, '/filters/0/operator'), criteria.parts[0]?.id);
  assert.equal(clauseUnder(clauseAt, '/filters/1/not/anyOf/1/values/0'), innerIds[1]);
  assert.equal(clauseUnder(clauseAt, '/filters/1/not'), outer?.id);
  assert.equal(clauseUnder(clauseAt, '/name'), undefined);
  const negated = writeFilters(negate(criteria.parts[0]?.id ?? '')(criteria));
  assert.equal(clauseUnder(negated.clauseAt, '/filters/0/not/values'), criteria.parts[0]?.id);
});
