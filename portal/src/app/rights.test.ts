import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rights } from '../../../src/modules/access/rights.ts';
import { hasRight, rolesOf } from './rights.ts';

test('the portal hides by the roles by which the server refuses', () => {
  const served = Object.entries(rights).map(([right, rule]) => [right, [...rule.roles]]);
  assert.deepEqual(rolesOf, Object.fromEntries(served));
});

test('one of several roles is enough', () => {
  assert.equal(hasRight(['viewer', 'auditor'], 'readAudit'), true);
  assert.equal(hasRight(['viewer'], 'readAudit'), false);
  assert.equal(hasRight([], 'readAudiences'), false);
});
