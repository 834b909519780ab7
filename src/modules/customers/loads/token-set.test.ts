import assert from 'node:assert/strict';
import { randomFillSync } from 'node:crypto';
import { test } from 'node:test';
import { TokenSet } from './token-set.ts';

test('tells every token from every other, through many growths', () => {
  const count = 40_000;
  const tokens = new Uint32Array(count * 4);
  randomFillSync(tokens);
  // The same two first words: neither segment nor slot tells them apart.
  for (let index = 0; index < 200; index += 1) tokens.set([7, 7, index, index % 3], index * 4);
  tokens.set([0, 0, 0, 0], 0);
  const set = new TokenSet();
  for (let index = 0; index < count; index += 1) assert.equal(set.add(tokens, index), true, String(index));
  for (let index = 0; index < count; index += 1) assert.equal(set.add(tokens, index), false, String(index));
});
