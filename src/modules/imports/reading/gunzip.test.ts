import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { gunzip } from './gunzip.ts';
import { inPieces } from './list-fixture.ts';

async function unpack(bytes: Uint8Array, sizes: readonly number[], bytesMax = 10_000_000): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of gunzip(inPieces(bytes, sizes), { bytesMax })) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

const one = gzipSync('first\n');
const two = gzipSync('second\n');
const cuts = [[], [1], [one.length]];

test('one member and several', async () => {
  for (const sizes of cuts) {
    assert.equal(await unpack(one, sizes), 'first\n');
    assert.equal(await unpack(Buffer.concat([one, two]), sizes), 'first\nsecond\n');
    assert.equal(await unpack(gzipSync(''), sizes), '');
  }
});

test('damaged, cut short or followed by something else is unreadableList, wherever it is cut', async () => {
  const flipped = Buffer.from(one);
  flipped[one.length - 6] = (flipped[one.length - 6] ?? 0) ^ 1;
  const broken = {
    cutInTrailer: one.subarray(0, one.length - 2),
    cutInData: one.subarray(0, 14),
    headOnly: one.subarray(0, 2),
    secondCut: Buffer.concat([one, two.subarray(0, 12)]),
    garbage: Buffer.concat([one, Buffer.from('garbage')]),
    zeros: Buffer.concat([one, Buffer.alloc(20)]),
    zerosAndGarbage: Buffer.concat([one, Buffer.alloc(5), Buffer.from('x')]),
    checksum: flipped,
  };
  for (const [name, bytes] of Object.entries(broken)) {
    for (const sizes of cuts)
      await assert.rejects(unpack(bytes, sizes), { type: 'unreadableList' }, `${name} ${sizes}`);
  }
});

test('a bomb is refused by its ratio, a large list by its size, and a small even one is fine', async () => {
  await assert.rejects(unpack(gzipSync(Buffer.alloc(5_000_000)), []), { type: 'payloadTooLarge' });
  await assert.rejects(unpack(gzipSync('x\n'.repeat(1000)), [], 1999), { type: 'payloadTooLarge' });
  assert.equal((await unpack(gzipSync('x\n'.repeat(30_000)), [])).length, 60_000);
});

test('a source that fails fails the stream with its own error', async () => {
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield one.subarray(0, 5);
    throw new Error('client gone');
  }
  const reading = async () => {
    for await (const chunk of gunzip(failing(), { bytesMax: 100 })) assert.ok(chunk);
  };
  await assert.rejects(reading(), { message: 'client gone' });
});
