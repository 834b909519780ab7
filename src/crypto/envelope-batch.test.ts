import assert from 'node:assert/strict';
import { createCipheriv, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { EnvelopeError, openEnvelope, sealEnvelope } from './envelope.ts';
import { openEnvelopes } from './envelope-batch.ts';
import { createGhash } from './ghash.ts';
import { valueAt } from './packed-values.ts';

const keys = [randomBytes(32), randomBytes(32)];
const keyOf = (generation: number): Uint8Array => {
  const key = keys[generation];
  if (key === undefined) throw new Error('no such key');
  return key;
};

/** The nonce may be any here: two messages of one key never share one because they are random. */
const message = fc.record({
  generation: fc.nat(1),
  text: fc.uint8Array({ maxLength: 200 }),
  context: fc.string({ unit: 'binary', maxLength: 60 }).map((context) => context.toWellFormed()),
});

function seal({ generation, text, context }: { generation: number; text: Uint8Array; context: string }): Buffer {
  return sealEnvelope({ key: keyOf(generation), generation, plaintext: text, associatedData: Buffer.from(context) });
}

test('many at once open to what each opens to', () => {
  fc.assert(
    fc.property(fc.array(message, { maxLength: 30 }), (messages) => {
      const sealed = messages.map(seal);
      const opened = openEnvelopes({ keyOf, sealed, contexts: messages.map(({ context }) => context) });
      assert.equal(opened.offsets.length, messages.length + 1);
      messages.forEach(({ text, context }, index) => {
        assert.deepEqual(Buffer.from(valueAt(opened, index)), Buffer.from(text));
        const alone = openEnvelope({ keyOf, sealed: sealed[index] ?? text, associatedData: Buffer.from(context) });
        assert.deepEqual(alone, Buffer.from(text));
      });
    }),
    { numRuns: 300 },
  );
});

test('one changed bit, in any place of any of them, opens none', () => {
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 5 }), fc.nat(), fc.nat(), (messages, which, where) => {
      const sealed = messages.map(seal);
      const contexts = messages.map(({ context }) => context);
      const changed = sealed[which % sealed.length] ?? Buffer.alloc(0);
      const bit = where % (changed.length * 8);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.throws(() => openEnvelopes({ keyOf, sealed, contexts }), EnvelopeError);
    }),
    { numRuns: 300 },
  );
});

test('another context, a cut envelope and an unknown key open nothing', () => {
  const one = { generation: 0, text: Buffer.from('text'), context: 'customer 1' };
  const sealed = seal(one);
  assert.throws(() => openEnvelopes({ keyOf, sealed: [sealed], contexts: ['customer 2'] }), EnvelopeError);
  assert.throws(() => openEnvelopes({ keyOf, sealed: [sealed], contexts: [''] }), EnvelopeError);
  for (let length = 0; length < sealed.length; length += 1) {
    const cut = sealed.subarray(0, length);
    assert.throws(() => openEnvelopes({ keyOf, sealed: [cut], contexts: ['customer 1'] }), EnvelopeError);
  }
  const unknown = sealEnvelope({
    key: keyOf(0),
    generation: 7,
    plaintext: Buffer.from('x'),
    associatedData: Buffer.from(''),
  });
  assert.throws(() => openEnvelopes({ keyOf, sealed: [unknown], contexts: [''] }), EnvelopeError);
});

/** "The Galois/Counter Mode of Operation (GCM)", McGrew and Viega, appendix B: test cases 2, 4 and 16. */
const vectors = [
  {
    hashKey: '66e94bd4ef8a2c3b884cfa59ca342b2e',
    associated: '',
    ciphertext: '0388dace60b6a392f328c2b971b2fe78',
    hash: 'f38cbb1ad69223dcc3457ae5b6b0f885',
  },
  {
    hashKey: 'b83b533708bf535d0aa6e52980d53b78',
    associated: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    ciphertext:
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091',
    hash: '698e57f70e6ecc7fd9463b7260a9ae5f',
  },
  {
    hashKey: 'acbef20579b4b8ebce889bac8732dad7',
    associated: 'feedfacedeadbeeffeedfacedeadbeefabaddad2',
    ciphertext:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662',
    hash: '8bd0c4d8aacd391e67cca447e8c38f65',
  },
];

test('GHASH: the published vectors', () => {
  for (const vector of vectors) {
    const ghash = createGhash(Buffer.from(vector.hashKey, 'hex'));
    const associated = Buffer.from(vector.associated, 'hex');
    const ciphertext = Buffer.from(vector.ciphertext, 'hex');
    for (const again of ['first', 'again']) {
      ghash.update(associated, 0, associated.length);
      ghash.update(ciphertext, 0, ciphertext.length);
      const hash = ghash
        .finish(associated.length, ciphertext.length)
        .map((word) => (word >>> 0).toString(16).padStart(8, '0'));
      assert.equal(hash.join(''), vector.hash, again);
    }
  }
});

test('GHASH: the tag that Node makes, for any lengths', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.uint8Array({ maxLength: 70 }), (associated, text) => {
      const key = randomBytes(32);
      const block = (input: Uint8Array) => {
        const cipher = createCipheriv('aes-256-ecb', key, null);
        cipher.setAutoPadding(false);
        return cipher.update(input);
      };
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      cipher.setAAD(associated);
      const ciphertext = cipher.update(text);
      cipher.final();
      const ghash = createGhash(block(Buffer.alloc(16)));
      ghash.update(associated, 0, associated.length);
      ghash.update(ciphertext, 0, ciphertext.length);
      const mask = block(Buffer.concat([nonce, Buffer.from([0, 0, 0, 1])]));
      const tag = ghash.finish(associated.length, ciphertext.length).flatMap((word, index) => {
        const masked = (word ^ mask.readInt32BE(4 * index)) >>> 0;
        return [masked >>> 24, (masked >>> 16) & 0xff, (masked >>> 8) & 0xff, masked & 0xff];
      });
      assert.deepEqual(tag, [...cipher.getAuthTag()]);
    }),
  );
});
