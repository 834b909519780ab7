import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Filter } from './criteria.ts';
import { openDraft } from './draft.ts';
import { changeIn, historyOf, redoIn, undoIn } from './history.ts';
import { readBuildSearch } from './search.ts';

function createStore() {
  const entries = new Map<string, string>();
  return {
    get length() {
      return entries.size;
    },
    key: (index: number) => [...entries.keys()][index] ?? null,
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  };
}

const owner = { person: 'p1', institution: 'DEMO' };
const filters: Filter[] = [
  { not: { anyOf: [{ filterType: { name: 'regionCode' }, operator: 'in', values: [] }] }, ordinal: 0 },
];

test('a draft is read again, by whom it belongs to and for what it was', () => {
  const store = createStore();
  openDraft(store, owner, { audience: 'audience1' }).write(filters);
  assert.deepEqual(openDraft(store, owner, { audience: 'audience1' }).read(), filters);
  assert.equal(openDraft(store, owner, {}).read(), undefined);
  openDraft(store, owner, { audience: 'audience1' }).clear();
  assert.equal(store.length, 0);
});

test('what another person left in the tab is removed', () => {
  const store = createStore();
  store.setItem('other', 'stays');
  openDraft(store, owner, {}).write(filters);
  openDraft(store, { ...owner, person: 'p2' }, {});
  assert.equal(openDraft(store, owner, {}).read(), undefined);
  assert.equal(store.getItem('other'), 'stays');
});

test('what is no list of filters is none', () => {
  const store = createStore();
  for (const stored of ['{', '3', '[1]', '[{"anyOf":3}]', '[{"filterType":"x"}]']) {
    store.setItem('rollcall:criteria:DEMO:p1::', stored);
    assert.equal(openDraft(store, owner, {}).read(), undefined, stored);
  }
});

test('changes are undone and done again, until another change', () => {
  const changed = changeIn(changeIn(historyOf('a'), 'b'), 'c');
  assert.equal(changeIn(changed, 'c'), changed);
  const undone = undoIn(undoIn(changed));
  assert.equal(undone.present, 'a');
  assert.equal(undoIn(undone).present, 'a');
  assert.equal(redoIn(undone).present, 'b');
  assert.equal(redoIn(changeIn(undone, 'd')).present, 'd');
});

test('the address names an audience or a template, or nothing of ours', () => {
  assert.deepEqual(readBuildSearch({ audience: '0399abedfd3d5e10c2aa' }), { audience: '0399abedfd3d5e10c2aa' });
  assert.deepEqual(readBuildSearch({ template: 'youngSavers' }), { template: 'youngSavers' });
  assert.deepEqual(readBuildSearch({ template: '<script>', audience: 7 }), {});
});
