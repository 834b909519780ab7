import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeBase64 } from './base64.ts';

test('the vectors of RFC 4648, section 10', () => {
  const encode = (text: string) => encodeBase64(new TextEncoder().encode(text));
  assert.deepEqual(['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map(encode), [
    '',
    'Zg==',
    'Zm8=',
    'Zm9v',
    'Zm9vYg==',
    'Zm9vYmE=',
    'Zm9vYmFy',
  ]);
});

test('a list of several pieces is one text', () => {
  const bytes = Uint8Array.from({ length: 100_001 }, (_, index) => index % 251);
  assert.equal(encodeBase64(bytes), Buffer.from(bytes).toString('base64'));
});
