import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bandFilter, bandsOf, isChosen, trimmed } from './bands.ts';
import type { FilterType } from './criteria.ts';

const now = new Date('2026-05-01T00:00:00Z');
const type = (dataType: FilterType['dataType'], constraints: FilterType['constraints'] = {}): FilterType => ({
  id: 'some-type',
  name: 'someType',
  label: 'Some type',
  description: '',
  category: 'customer',
  dataType,
  operators: [],
  constraints,
  customerCount: 1,
});

test('bands follow each other without a gap or an overlap', () => {
  const ages = bandsOf(type('integer', { minimum: 2, maximum: 130 }), now);
  assert.deepEqual(ages[0], { from: 2, to: 4, label: '2–4' });
  assert.deepEqual(ages.at(-1), { from: 130, to: 130, label: '130' });
  for (const [index, { from }] of ages.entries()) {
    if (index > 0) assert.equal(from, Number(ages[index - 1]?.to) + 1);
  }
  const amounts = bandsOf(type('decimal'), now);
  assert.deepEqual(amounts[0], { to: -0.01, label: 'under 0' });
  assert.deepEqual(amounts[1], { from: 0, to: 999.99, label: '0 to under 1K' });
  assert.equal(amounts.at(-1)?.to, undefined);
  const days = bandsOf(type('date'), now);
  assert.deepEqual(days[0], { to: '1986-12-31', label: 'before 1987' });
  assert.deepEqual(days.at(-1), { from: '2026-01-01', to: '2026-12-31', label: '2026' });
});

test('no band asks beyond the bounds of the type', () => {
  const counts = bandsOf(type('integer', { minimum: 0, maximum: 1_000_000 }), now);
  assert.deepEqual(counts[0], { from: 0, to: 0, label: '0' });
  assert.deepEqual(
    bandsOf(type('date', { minimum: '2025-01-01' }), now).map(({ label }) => label),
    ['2025', '2026'],
  );
  assert.deepEqual(bandsOf(type('string'), now), []);
});

test('a band is asked for by one filter', () => {
  const filterType = { id: 'some-type', name: 'someType' };
  assert.deepEqual(bandFilter(type('integer'), { label: '', from: 1, to: 2 }), {
    filterType,
    operator: 'between',
    values: [1, 2],
  });
  assert.deepEqual(bandFilter(type('integer'), { label: '', to: 2 }), {
    filterType,
    operator: 'lessThanOrEqualTo',
    values: [2],
  });
  assert.deepEqual(bandFilter(type('integer'), { label: '', from: 1 }), {
    filterType,
    operator: 'greaterThanOrEqualTo',
    values: [1],
  });
});

test('the bands that a clause reaches into are chosen', () => {
  const band = { label: '', from: 20, to: 24 };
  assert.ok(isChosen({ operator: 'between', values: [24, 60] }, band));
  assert.ok(isChosen({ operator: 'greaterThan', values: ['10'] }, band));
  assert.ok(isChosen({ operator: 'equals', values: [20] }, band));
  assert.equal(isChosen({ operator: 'between', values: [25, 60] }, band), false);
  assert.equal(isChosen({ operator: 'lessThan', values: [10] }, band), false);
  assert.equal(isChosen({ operator: 'between', values: [20] }, band), false);
  assert.equal(isChosen({ operator: 'notEquals', values: [20] }, band), false);
});

test('empty bands at the ends are left out, those between are not', () => {
  const counts = (values: readonly number[]) => values.map((count) => ({ count }));
  assert.deepEqual(trimmed(counts([0, 1, 0, 2, 0])), counts([1, 0, 2]));
  assert.deepEqual(trimmed(counts([0, 0])), []);
});
