import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findingKinds } from '../../../../../src/modules/audit/index.ts';
import { sayFinding } from './finding.ts';
import { text } from './text.ts';

test('every kind of finding that a walk of the trail has is said in a sentence of its own', () => {
  const found = Object.keys(findingKinds).filter((kind) => !kind.startsWith('checkpoint'));
  assert.deepEqual(Object.keys(text.verify.findings).toSorted(), found.toSorted());
  const sentences = new Set(found.map((kind) => sayFinding({ kind, sequence: 1_812 })));
  assert.equal(sentences.size, found.length);
  assert.equal(sayFinding({ kind: 'altered', sequence: 1_812 }), 'Entry 1,812 was changed, moved or put in.');
  assert.equal(sayFinding({ kind: 'ofTomorrow', sequence: 3 }), 'Entry 3 does not fit the chain.');
});
