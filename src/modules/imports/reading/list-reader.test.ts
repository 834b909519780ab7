import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, test } from 'node:test';
import type { Worker } from 'node:worker_threads';
import { bitmapFrom } from '../../../lib/bitmap.ts';
import { decodeMemberLines } from '../../../lib/member-lines.ts';
import { fixtureKeys, fixtureOptions, inPieces, listed, outcomesOf } from './list-fixture.ts';
import { createListReader } from './list-reader.ts';
import { startReadingWorker } from './worker-link.ts';

const keys = fixtureKeys();
const options = fixtureOptions();
const digestKey = Buffer.alloc(32, 7);
const contentBytesMax = 1_000_000;
const bytesTerms = { contentBytesMax, digestKey, options, keys };
const workers: Worker[] = [];
const reader = createListReader({
  workers: 1,
  startWorker: () => {
    const worker = startReadingWorker();
    workers.push(worker);
    return worker;
  },
});
after(() => reader.close());

const list = '212345678\n312345678\n212345678\n\n412345678\n';

test('a JSON body becomes a resolved list, and goes on in another session', async () => {
  await using session = await reader.open();
  const body = Buffer.from(JSON.stringify({ name: 'A', content: Buffer.from(list).toString('base64') }));
  const received = await session.receiveJson(inPieces(body, [10]), { contentBytesMax, digestKey });
  assert.deepEqual(received, {
    fieldsJson: '{"name":"A"}',
    hasContent: true,
    requestDigest: createHmac('sha256', digestKey).update(body).digest(),
  });
  const summary = await session.stage(options, keys);
  const fingerprint = createHmac('sha256', keys.contentFingerprintKey).update(list).digest();
  assert.deepEqual(summary.contentFingerprint, fingerprint);
  assert.equal(summary.distinctValueCount, 3);
  assert.deepEqual(summary.keyGenerations, [1]);
  const rows = Buffer.concat(await collect(session.copyChunks()));
  assert.deepEqual(Buffer.concat(await collect(session.copyChunks())), rows, 'each walk starts over');
  await using resumed = await reader.open();
  assert.deepEqual(await resumed.importStage(session.exportStage()), summary);
  assert.deepEqual(Buffer.concat(await collect(resumed.copyChunks())), rows);
  for (const each of [session, resumed]) {
    await each.addMatches(pairs([5, 9], [9, 9]));
    await each.clearMatches();
    await each.addMatches(pairs([1, 4], [2, 4]));
    await each.addMatches(pairs([2, 0]));
    const resolution = await each.resolve();
    assert.deepEqual(listed(outcomesOf(resolution.ledger)), [
      '1 matched',
      '2 ambiguous',
      '3 duplicate',
      '4 blank',
      '5 unmatched',
    ]);
    using members = bitmapFrom(resolution.members);
    assert.deepEqual(members.toArray(), [0, 4]);
    const lines = decodeMemberLines(await each.memberLines(resolution.members), members.size);
    assert.deepEqual([...lines], [2, 1]);
  }
});

test('raw bytes are read while they arrive; a slow sender holds up nobody', async () => {
  await using slow = await reader.open();
  await using fast = await reader.open();
  const gate = Promise.withResolvers<void>();
  async function* slowly(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('212345678\n2123');
    await gate.promise;
    yield Buffer.from('45679\n');
  }
  const slowly1 = slow.receiveBytes(slowly(), bytesTerms);
  const { requestDigest } = await fast.receiveBytes(inPieces(Buffer.from(list)), bytesTerms);
  assert.deepEqual(requestDigest, createHmac('sha256', digestKey).update(list).digest());
  assert.equal((await fast.stage()).lineCount, 5);
  gate.resolve();
  await slowly1;
  assert.equal((await slow.stage()).distinctValueCount, 2);
});

test('the sample of a list has its rows under the other types', async () => {
  await using session = await reader.open();
  await session.receiveBytes(inPieces(Buffer.from(list)), bytesTerms);
  assert.equal((await session.stage()).sampleSize, 4);
  const rows = Buffer.concat(await collect(session.sampleCopyChunks()));
  assert.equal(rows.length % 36, 0);
  const types = new Set<number>();
  for (let at = 0; at < rows.length; at += 36) types.add(rows.readInt16BE(at + 14));
  assert.equal(types.has(1), false);
  assert.equal(types.has(4), true);
});

test('a problem found in the worker is thrown at once, and leaves the rest of the body alone', async () => {
  await using session = await reader.open();
  let isReturned = false;
  const body: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => {
      const parts = ['{"content":"', `${'!'.repeat(200_000)}`];
      return {
        next: async () => {
          const part = parts.shift();
          return part === undefined ? await new Promise(() => {}) : { done: false, value: Buffer.from(part) };
        },
        return: async () => {
          isReturned = true;
          return { done: true, value: undefined };
        },
      };
    },
  };
  await assert.rejects(session.receiveJson(body, { contentBytesMax, digestKey }), {
    name: 'Problem',
    type: 'invalidBase64',
  });
  assert.equal(isReturned, false);
});

test('a client that goes away takes nothing with it', async () => {
  {
    await using session = await reader.open();
    async function* gone(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(300_000, '212345678\n');
      throw new Error('aborted');
    }
    await assert.rejects(session.receiveBytes(gone(), bytesTerms), { message: 'aborted' });
  }
  await using next = await reader.open();
  await next.receiveBytes(inPieces(Buffer.from(list)), bytesTerms);
  assert.equal((await next.stage()).lineCount, 5);
});

test('a session that is disposed in mid upload fails its calls and frees its memory', async () => {
  const small = createListReader({ workers: 1, memoryBytesMax: 12_000_000, memoryWaitMs: 20 });
  try {
    const session = await small.open();
    const endless = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
    const receiving = session.receiveBytes(endless, bytesTerms);
    await assert.rejects(small.open(), { type: 'serviceUnavailable' });
    await Promise.all([assert.rejects(receiving), session[Symbol.asyncDispose]()]);
    await assert.rejects(session.stage());
    await using next = await small.open();
    await next.receiveBytes(inPieces(Buffer.from(list)), bytesTerms);
  } finally {
    await small.close();
  }
});

test('a list that needs more memory than there is for all lists is refused', async () => {
  const small = createListReader({ workers: 1, memoryBytesMax: 9_000_000 });
  try {
    await using session = await small.open();
    const content = Buffer.from(Array.from({ length: 200_000 }, (_none, line) => 200_000_000 + line).join('\n'));
    const terms = { ...bytesTerms, contentBytesMax: 10_000_000 };
    await assert.rejects(session.receiveBytes(inPieces(content, [65_536]), terms), { type: 'payloadTooLarge' });
  } finally {
    await small.close();
  }
});

test('a worker that dies fails its sessions, and another takes its place', async () => {
  await using session = await reader.open();
  const endless = { [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => {}) }) };
  const receiving = assert.rejects(session.receiveBytes(endless, bytesTerms), {
    message: 'the reading worker has ended',
  });
  await workers.at(-1)?.terminate();
  await receiving;
  await assert.rejects(session.resolve());
  await using next = await reader.open();
  await next.receiveBytes(inPieces(Buffer.from(list)), bytesTerms);
  assert.equal((await next.stage()).lineCount, 5);
  assert.equal(workers.length, 2);
});

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const collected: Uint8Array[] = [];
  for await (const chunk of chunks) collected.push(chunk);
  return collected;
}

function pairs(...rows: readonly (readonly [line: number, ordinal: number])[]): Uint8Array {
  const bytes = Buffer.alloc(rows.length * 8);
  for (const [index, [line, ordinal]] of rows.entries()) {
    bytes.writeInt32BE(line, index * 8);
    bytes.writeInt32BE(ordinal, index * 8 + 4);
  }
  return bytes;
}
