import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { checkAudienceName, nameKey } from './audience-name.ts';

test('names of 1 to 80 characters, counted as people count them', () => {
  for (const name of ['a', '😀'.repeat(80), 'x'.repeat(80), ' lead', 'Zoë’s <b>list</b> & "co"', '👩‍👧'])
    checkAudienceName(name);
});

test('what is no name is refused without being repeated', () => {
  const refused = [
    '',
    ' ',
    '\u3000\t',
    'x'.repeat(81),
    '😀'.repeat(81),
    'a\nsecret',
    'secret\u0000',
    '\u202esecret',
    '\ud83d',
  ];
  for (const name of refused) {
    assert.throws(
      () => checkAudienceName(name),
      (error: Error & { type: string }) => error.type === 'badRequest' && !error.message.includes('secret'),
      JSON.stringify(name),
    );
  }
});

test('names that look alike have one key', () => {
  const alike = [
    ['New Customers', 'new  CUSTOMERS', ' New\u00a0Customers '],
    ['Caf\u00e9', 'CAFE\u0301'],
    ['Straße', 'STRASSE', 'Straẞe'],
    ['ΟΔΟΣ', 'οδος', 'οδοσ'],
  ];
  for (const names of alike) assert.equal(new Set(names.map(nameKey)).size, 1, names.join());
  assert.notEqual(nameKey('ages 35-49'), nameKey('ages 35-50'));
});

test('a key is its own key', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => nameKey(nameKey(name)) === nameKey(name)));
});
