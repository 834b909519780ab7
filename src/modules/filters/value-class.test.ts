import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foldText } from './engine/fold-text.ts';
import { bandIndex } from './engine/tally.ts';
import { builtInFilterTypes } from './filter-type-catalogue.ts';
import { dayOf } from './filter-value.ts';
import { ageBands, amountBands, bandOf, integerBands, tenureBands } from './value-bands.ts';
import { valueClassOf } from './value-class.ts';

const day = (date: string) => dayOf(new Date(`${date}T00:00:00Z`));
const today = day('2028-02-29');
const typeOf = (name: string) => {
  const type = builtInFilterTypes.find((known) => known.name === name);
  assert.ok(type);
  return type;
};
const classOf = (name: string, value: number | string) => valueClassOf(typeOf(name), value, { today });
const attribute = (dataType: 'string' | 'enumeration' | 'integer' | 'date') => ({
  ...typeOf('branch'),
  id: 'a1b2c3d4',
  dataType,
});

test('each number is in the band that its bounds say, and there is a label for each band', () => {
  for (const { bounds, labels } of [ageBands(today), tenureBands(today), amountBands, integerBands]) {
    assert.equal(labels.length, bounds.length + 1);
    assert.deepEqual(
      bounds,
      [...bounds].sort((a, b) => a - b),
    );
    const near = fc.constantFrom(...bounds).chain((bound) => fc.integer({ min: bound - 2, max: bound + 2 }));
    fc.assert(
      fc.property(near, (value) => bandIndex(bounds, value) === bounds.filter((bound) => bound <= value).length),
    );
  }
});

test('bands have the years, days and cents that their labels say', () => {
  const age = (years: number) => bandOf(ageBands(today), 2028 - years);
  assert.deepEqual([0, 17, 18, 24, 25, 74, 75, 110].map(age), [
    'under 18',
    'under 18',
    '18-24',
    '18-24',
    '25-34',
    '65-74',
    '75+',
    '75+',
  ]);
  const tenure = (since: string) => bandOf(tenureBands(today), day(since));
  assert.deepEqual(
    ['2028-02-29', '2027-03-01', '2027-02-28', '2025-03-01', '2025-02-28', '2008-02-29', '2030-01-01'].map(tenure),
    ['under 1', 'under 1', '1-2', '1-2', '3-4', '20+', 'under 1'],
  );
  const amount = (cents: number) => bandOf(amountBands, cents);
  assert.deepEqual([-1, 0, 99_999, 100_000, 999_999, 1_000_000, 25_000_000, 100_000_000].map(amount), [
    'under 0',
    '0-999',
    '0-999',
    '1,000-9,999',
    '1,000-9,999',
    '10,000-49,999',
    '250,000-999,999',
    '1,000,000+',
  ]);
});

test('a class of a value is no value', () => {
  assert.equal(classOf('customerAge', 1990), '35-44');
  assert.equal(classOf('customerSince', day('2017-05-04')), '2015-2019');
  assert.equal(classOf('customerSince', day('1969-12-31')), '1965-1969');
  assert.equal(classOf('totalDeposits', 1_234_567), '10,000-49,999');
  assert.equal(classOf('accountCount', 3), '1-4');
  assert.equal(classOf('customerType', 1), 'business');
  assert.equal(classOf('consentEmail', 0), 'false');
  assert.equal(classOf('productType', 0b10001), 'savings, loan');
  assert.equal(classOf('productType', 0), 'none');
  assert.equal(classOf('postalCode', '27601'), '276***');
  assert.equal(classOf('postalCode', '276'), '***');
  assert.equal(classOf('regionCode', 'NC'), 'N***');
  assert.equal(classOf('branch', 'X'), '***');
  assert.equal(classOf('branch', '🏦 Main'), '🏦***');
  assert.equal(valueClassOf(attribute('string'), 'Complained about fees', { today }), 'present');
  assert.equal(valueClassOf(attribute('enumeration'), 'gold', { today }), 'gold');
  assert.equal(valueClassOf(attribute('integer'), 720, { today }), '500-999');
});

test('no class of amounts, days and texts tells values apart that are near each other', () => {
  const names = ['totalDeposits', 'customerSince', 'postalCode', 'branch'];
  for (const name of names) {
    const values = Array.from({ length: 1_000 }, (_none, index) => 20_000_000 + index);
    const isText = typeOf(name).coding === 'text';
    const classes = new Set(values.map((value) => classOf(name, isText ? foldText(String(value)) : value / 1_000)));
    assert.ok(classes.size <= 2, name);
  }
});
