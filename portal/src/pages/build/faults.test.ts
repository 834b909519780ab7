import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Filter } from './criteria.ts';
import { readFilters, writeFilters } from './criteria-filters.ts';
import { emptiedBy, faultsOf } from './faults.ts';
import { overlapOf } from './overlap.ts';

const age: Filter = { filterType: { name: 'customerAge' }, operator: 'equals', values: [40] };
const region: Filter = { filterType: { name: 'regionCode' }, operator: 'in', values: ['NC'] };

function criteriaOf(filters: Filter[]) {
  let count = 0;
  return readFilters(filters, () => {
    count += 1;
    return `c${count}`;
  });
}

const refused = { name: 'invalidFilters', status: 422, title: 'The filters cannot be evaluated', attributes: {} };

test('a fault is told at the clause that its pointer names, without the pointer', () => {
  const written = writeFilters(criteriaOf([age, { anyOf: [region] }]));
  const detail = '/filters/0/values/0: must not be above 130.';
  const one = faultsOf({ ...refused, detail, attributes: { pointer: '/filters/0/values/0' } }, written);
  assert.deepEqual([...one], [['c1', 'Must not be above 130.']]);
});

test('of several faults each is told at its clause, the first of a clause alone', () => {
  const written = writeFilters(criteriaOf([age, { anyOf: [region] }]));
  const fault = (pointer: string, detail: string) => ({
    ...refused,
    detail: `${pointer}: ${detail}`,
    attributes: { pointer },
  });
  const problems = [
    fault('/filters/0/operator', 'no.'),
    fault('/filters/0/values', 'nor that.'),
    fault('/filters/1/anyOf/0', 'no.'),
  ];
  assert.deepEqual(
    [...faultsOf({ ...refused, problems }, written)].map(([id]) => id),
    ['c1', 'c2'],
  );
  assert.equal(faultsOf({ ...refused, problems }, written).get('c1'), 'No.');
});

test('other problems belong to no clause', () => {
  const written = writeFilters(criteriaOf([age]));
  assert.equal(faultsOf({ ...refused, name: 'offline' }, written).size, 0);
  assert.equal(faultsOf({ ...refused, attributes: { pointer: '/filters' } }, written).size, 0);
});

test('the first clause after which nobody is left empties the set', () => {
  const criteria = criteriaOf([age, region, age]);
  const step = (ordinal: number, remainingCount: number) => ({ ordinal, customerCount: 5, remainingCount });
  const counted = (...funnel: ReturnType<typeof step>[]) => ({
    criteria,
    estimate: { customerCount: 0, baseCustomerCount: 10, customerVersion: 1, funnel },
  });
  assert.equal(emptiedBy(counted(step(0, 5), step(1, 0), step(2, 0))), criteria.parts[1]?.id);
  assert.equal(emptiedBy(counted(step(0, 5), step(2, 0))), criteria.parts[2]?.id, 'by its ordinal, not its place');
  assert.equal(emptiedBy(counted(step(0, 5))), undefined);
});

test('the overlap is in the last step of the funnel', () => {
  const funnel = [
    { ordinal: 0, customerCount: 100, remainingCount: 100 },
    { ordinal: 1, customerCount: 60, remainingCount: 40 },
    { ordinal: 2, customerCount: 25, remainingCount: 10 },
  ];
  assert.deepEqual(overlapOf({ funnel }), { both: 10, onlyHere: 30, onlyThere: 15 });
  assert.equal(overlapOf({ funnel: [] }), undefined);
});
