import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasRight } from '../../app/rights.ts';
import { sectionsFor } from './sections.ts';

const labelsOf = (...roles: Parameters<typeof hasRight>[0]) =>
  sectionsFor((right) => hasRight(roles, right)).map(({ label }) => label);

test('a viewer sees no section of administrators or auditors', () => {
  assert.deepEqual(labelsOf('viewer'), [
    'Imports',
    'Suppressions',
    'Settings',
    'Identifier types',
    'Customer attributes',
  ]);
});

test('an administrator sees all but the audit trail, an auditor who has access and the trail', () => {
  const administrators = labelsOf('administrator');
  assert.ok(administrators.includes('People') && administrators.includes('Customer loads'));
  assert.ok(!administrators.includes('Audit trail'));
  const auditors = labelsOf('auditor');
  assert.ok(auditors.includes('People') && auditors.includes('Audit trail') && !auditors.includes('Customer loads'));
});
