import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bodyOf, emptyForm, isComplete, listBytesMax } from './new-suppression.ts';

test('an audience and a name are enough, a name of spaces is none', async () => {
  const form = { ...emptyForm, name: ' In collection ', customerAudience: '0399abedfd3d5e10c2aa' };
  assert.equal(isComplete({ ...form, name: '  ' }), false);
  assert.equal(isComplete({ ...form, customerAudience: null }), false);
  assert.equal(isComplete(form), true);
  assert.deepEqual(await bodyOf(form), {
    name: 'In collection',
    channel: 'any',
    customerAudience: '0399abedfd3d5e10c2aa',
  });
});

test('a list goes as base64, with the day until which it holds', async () => {
  const file = new File(['email\nann@bank.example\n'], 'stop.txt');
  const form = { ...emptyForm, source: 'list', name: 'Stop', channel: 'email', file, includesHeader: true } as const;
  assert.deepEqual(await bodyOf({ ...form, expiresOn: '2026-12-31' }), {
    name: 'Stop',
    channel: 'email',
    expiresOn: '2026-12-31',
    identifierType: 'emailAddress',
    includesHeader: true,
    repairs: [],
    invalidRows: 'skip',
    fileName: 'stop.txt',
    content: 'ZW1haWwKYW5uQGJhbmsuZXhhbXBsZQo=',
  });
});

test('a list over the limit is not sent', () => {
  const file = new File([new Uint8Array(listBytesMax + 1)], 'large.txt');
  assert.equal(isComplete({ ...emptyForm, source: 'list', name: 'Large', file }), false);
});
