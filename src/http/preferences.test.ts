import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyPreference, parsePrefer } from './preferences.ts';

test('Prefer is read as RFC 7240 writes it', () => {
  const cases: [string | string[] | undefined, boolean, boolean][] = [
    [undefined, false, false],
    ['respond-async', true, false],
    ['Respond-Async, wait=100', true, false],
    ['return=representation', false, true],
    ['return="representation"; foo="some, parameter"', false, true],
    ['return=minimal, return=representation', false, false],
    [['respond-async', 'return = representation'], true, true],
    ['respond-async=no', false, false],
    ['x-unknown, , ;', false, false],
  ];
  for (const [header, respondAsync, returnRepresentation] of cases) {
    assert.deepEqual(parsePrefer(header), { respondAsync, returnRepresentation }, String(header));
  }
});

test('what was honoured is said, and Vary keeps its other names', () => {
  const headers = new Map<string, string>([['vary', 'Accept']]);
  const reply = {
    getHeader: (name: string) => headers.get(name),
    header: (name: string, value: string) => headers.set(name, value),
  };
  applyPreference(reply, 'respond-async');
  applyPreference(reply, 'return=representation');
  assert.equal(headers.get('preference-applied'), 'respond-async, return=representation');
  assert.equal(headers.get('vary'), 'Accept, Prefer');
});
