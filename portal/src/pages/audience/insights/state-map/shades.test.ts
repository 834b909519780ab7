import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cell } from '../bars.ts';
import { areStates, indexShades, shadeOf } from './shades.ts';
import { stateNames, tiles } from './us-states.ts';

const cell = (index: number): Cell => ({ kind: 'value', value: 'NC', index });

test('every state has one tile, and no two share a place', () => {
  assert.equal(tiles.length, 56);
  assert.deepEqual(new Set(tiles.map(({ code }) => code)), new Set(stateNames.keys()));
  assert.equal(new Set(tiles.map(({ row, column }) => `${row}/${column}`)).size, tiles.length);
  assert.ok(tiles.every(({ row, column }) => row >= 1 && row <= 9 && column >= 1 && column <= 11));
});

test('a tile is shaded by its index', () => {
  const shades = [0, 49, 50, 79, 80, 100, 124, 125, 199, 200, 900].map((index) => shadeOf(cell(index)));
  const [farBelow, below, even, above, farAbove] = indexShades;
  assert.deepEqual(shades, [farBelow, farBelow, below, below, even, even, even, above, above, farAbove, farAbove]);
});

test('what is withheld, or no cell of its own, has no index', () => {
  assert.equal(shadeOf({ kind: 'withheld', value: 'VA' }), 'withheld');
  assert.equal(shadeOf(undefined), 'none');
  assert.equal(shadeOf({ kind: 'value', value: 'NC', customerCount: 0 }), 'none');
});

test('only regions that all are states have a map', () => {
  assert.equal(areStates([cell(100), { kind: 'withheld', value: 'PR' }, { kind: 'other' }]), true);
  assert.equal(areStates([cell(100), { kind: 'value', value: 'ON' }]), false);
  assert.equal(areStates([{ kind: 'missing' }]), false);
});
