import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cmac, cmacBatch } from './aes-cmac.ts';
import { packValues } from './packed-values.ts';

const message = Buffer.from(
  '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710',
  'hex',
);
const aes128 = Buffer.from('2b7e151628aed2a6abf7158809cf4f3c', 'hex');
const aes256 = Buffer.from('603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4', 'hex');

test('RFC 4493 section 4: AES-128 vectors', () => {
  const vectors: readonly [number, string][] = [
    [0, 'bb1d6929e95937287fa37d129b756746'],
    [16, '070a16b46b4d4144f79bdd9dd04a287c'],
    [40, 'dfa66747de9ae63030ca32611497c827'],
    [64, '51f0bebf7e3b9d92fc49741779363cfe'],
  ];
  for (const [length, tag] of vectors) assert.equal(cmac(aes128, message.subarray(0, length)).toString('hex'), tag);
});

test('SP 800-38B examples: AES-256 vectors', () => {
  const vectors: readonly [number, string][] = [
    [0, '028962f61b7bf89efc6b551f4667d983'],
    [16, '28a7023f452e8f82bd4bf28d8c37c35c'],
    [40, 'aaf3d8f1de5640c232f5b169b9c911e6'],
    [64, 'e1992190549f6ed5696a2c056c315410'],
  ];
  for (const [length, tag] of vectors) assert.equal(cmac(aes256, message.subarray(0, length)).toString('hex'), tag);
});

test('a batch gives each value the MAC it has alone, whatever their lengths', () => {
  const values = fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 30 });
  fc.assert(
    fc.property(values, fc.uint8Array({ minLength: 32, maxLength: 32 }), (list, key) => {
      const batch = cmacBatch(key, packValues(list));
      const alone = Buffer.concat(list.map((value) => cmac(key, value)));
      assert.deepEqual(Buffer.from(batch), alone);
    }),
  );
});

test('a batch of more values than one cipher call takes, of one, two and no blocks', () => {
  const list = Array.from({ length: 10_000 }, (_none, index) => message.subarray(0, (index * 7) % 40));
  const batch = cmacBatch(aes256, packValues(list));
  const expected = new Map(list.map((value) => [value.length, cmac(aes256, value)]));
  for (const [index, value] of list.entries()) {
    assert.deepEqual(Buffer.from(batch.subarray(index * 16, index * 16 + 16)), expected.get(value.length));
  }
  assert.equal(batch.length, 160_000);
});

test('values that begin in the middle of their buffer', () => {
  const batch = cmacBatch(aes256, { bytes: message, offsets: Uint32Array.of(3, 20, 20, 41) });
  const alone = [message.subarray(3, 20), message.subarray(20, 20), message.subarray(20, 41)];
  assert.deepEqual(Buffer.from(batch), Buffer.concat(alone.map((value) => cmac(aes256, value))));
});

test('a key of another length is refused', () => {
  assert.throws(() => cmac(Buffer.alloc(24), message), RangeError);
});
