import assert from 'node:assert/strict';
import { test } from 'node:test';
import { customerName } from './customer-name.ts';

test('a person has a given and a family name, a business its own', () => {
  assert.equal(customerName({ givenName: 'Ann', familyName: 'Lee', coreCustomerId: 'C1' }), 'Ann Lee');
  assert.equal(customerName({ familyName: 'Lee', coreCustomerId: 'C1' }), 'Lee');
  assert.equal(customerName({ businessName: 'Lee Ltd', coreCustomerId: 'C1' }), 'Lee Ltd');
});

test('who has no name is called by the id of the core system', () => {
  assert.equal(customerName({ coreCustomerId: 'C1' }), 'C1');
});
