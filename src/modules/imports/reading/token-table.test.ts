import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { TokenStore, wordsOfTokens } from './token-store.ts';
import { TokenTable } from './token-table.ts';

test('a table of 200,000 tokens finds each of them and no other', () => {
  const count = 200_000;
  using store = new TokenStore(1);
  using table = new TokenTable(store);
  const tokens = wordsOfTokens(manyTokens(count * 2));
  const add = (index: number) => {
    const isNew = table.addNext(tokens, index * 4);
    if (isNew) store.add(index + 1, [tokens], index);
    return isNew;
  };
  for (let index = 0; index < count; index += 1) assert.equal(add(index), true);
  for (let index = 0; index < count; index += 1) assert.equal(add(index), false);
  for (let index = count; index < 2 * count; index += 1) assert.equal(add(index), true);
  assert.equal(store.size, 2 * count);
  assert.equal(store.lineAt(123_456), 123_457);
});

test('tokens that differ in one word only are told apart', () => {
  using store = new TokenStore(1);
  using table = new TokenTable(store);
  const tokens = new Uint32Array(4 * 4000);
  for (let index = 0; index < 4000; index += 1) tokens[index * 4 + (index % 4)] = 1 + (index >>> 2);
  for (let index = 0; index < 4000; index += 1) {
    assert.equal(table.addNext(tokens, index * 4), true);
    store.add(index, [tokens], index);
  }
});

test('store and table stay under 48 bytes a value', () => {
  const count = 100_000;
  using store = new TokenStore(1);
  using table = new TokenTable(store);
  const tokens = wordsOfTokens(manyTokens(count));
  for (let index = 0; index < count; index += 1) {
    if (table.addNext(tokens, index * 4)) store.add(index + 1, [tokens], index);
  }
  const segmentBytes = 32_768 * 20;
  assert.ok((store.bytesUsed + table.bytesUsed - segmentBytes - 1_048_576) / count < 36);
});

function manyTokens(count: number): Uint8Array {
  return createHash('shake256', { outputLength: count * 16 })
    .update('tokens')
    .digest();
}
