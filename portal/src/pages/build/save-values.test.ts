import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Audience } from '../../api/client.ts';
import { criteriaOf, type Filter, type FilterType } from './criteria.ts';
import { newLeaf } from './operators.ts';
import { faultsOfValues, newAudienceOf, patchOf, restrictedTypes, valuesOf } from './save-values.ts';

const age: FilterType = {
  id: 'customerAge',
  name: 'customerAge',
  label: 'Age',
  description: '',
  category: 'customer',
  dataType: 'integer',
  operators: ['between'],
  constraints: {},
  customerCount: 1,
  fairLending: { kind: 'prohibitedBasis', reason: 'Age is a prohibited basis.' },
};
const { fairLending: _, ...plain } = { ...age, id: 'accountCount', name: 'accountCount' };
const filter: Filter = { filterType: { name: 'customerAge' }, operator: 'between', values: [1, 2], ordinal: 0 };
const before: Audience = {
  id: 'audience1',
  name: 'Seniors',
  description: 'All of them',
  kind: 'filtered',
  state: 'active',
  purpose: 'credit',
  approval: { filterTypes: [], justification: 'A reason that is long enough.', requestedAt: '', requestedBy: [] },
  refresh: 'daily',
  filters: [filter],
  customerCount: 1,
  version: 1,
  createdAt: '',
  updatedAt: '',
  createdBy: '',
  customerVersion: 1,
};

test('restricted types are named once each, others not', () => {
  const criteria = criteriaOf([newLeaf(age, 'a'), newLeaf(plain, 'b'), newLeaf(age, 'c')]);
  assert.deepEqual(restrictedTypes(criteria, [age, plain]), [age]);
});

test('a name is needed, and a justification where it is asked for', () => {
  const values = { ...valuesOf(undefined), name: ' ', justification: 'too short' };
  assert.notEqual(faultsOfValues(values, false).name, null);
  assert.equal(faultsOfValues(values, false).justification, null);
  assert.notEqual(faultsOfValues(values, true).justification, null);
});

test('a new audience has no empty fields, and a justification only where it needs one', () => {
  const values = { ...valuesOf(undefined), name: ' Mine ', justification: 'written, then not needed' };
  const body = newAudienceOf(values, [filter], false);
  assert.deepEqual(body, { name: 'Mine', refresh: 'manual', purpose: 'marketing', filters: [filter] });
});

test('a change sends what is another, and nothing else', () => {
  // As the API answers it: in another order, with what was left out.
  const filters: Filter[] = [{ includeMissingValues: false, ordinal: 0, ...filter }];
  const same = { filters, needsJustification: true };
  assert.deepEqual(patchOf(valuesOf(before), before, same), {});
  const values = { ...valuesOf(before), name: 'Elders', description: '', refresh: 'manual' } as const;
  assert.deepEqual(patchOf(values, before, same), { name: 'Elders', description: null, refresh: 'manual' });
  const other = [{ ...filter, values: [1, 3] }];
  assert.deepEqual(patchOf(valuesOf(before), before, { ...same, filters: other }), { filters: other });
});
