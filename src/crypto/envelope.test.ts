import assert from 'node:assert/strict';
import { createDecipheriv, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { EnvelopeError, openEnvelope, sealEnvelope } from './envelope.ts';

const key = randomBytes(32);
const associatedData = Buffer.from('here');
const keyOf = () => key;

test('what was sealed opens again, and says which key generation opens it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), fc.nat(65_535), (plaintext, generation) => {
      const sealed = sealEnvelope({ key, generation, plaintext, associatedData });
      const seen: number[] = [];
      const opened = openEnvelope({
        keyOf: (asked) => {
          seen.push(asked);
          return key;
        },
        sealed,
        associatedData,
      });
      assert.deepEqual(new Uint8Array(opened), plaintext);
      assert.deepEqual(seen, [generation]);
    }),
  );
});

test('another key, another place, any changed or missing byte: one error that says nothing', () => {
  const sealed = sealEnvelope({ key, generation: 1, plaintext: Buffer.from('a secret'), associatedData });
  const wrongKey = randomBytes(32);
  assert.throws(() => openEnvelope({ keyOf: () => wrongKey, sealed, associatedData }), EnvelopeError);
  assert.throws(() => openEnvelope({ keyOf, sealed, associatedData: Buffer.from('there') }), EnvelopeError);
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    assert.throws(() => openEnvelope({ keyOf, sealed: changed, associatedData }), EnvelopeError, `byte ${at}`);
    assert.throws(() => openEnvelope({ keyOf, sealed: sealed.subarray(0, at), associatedData }), EnvelopeError);
  }
});

test('a generation without a key fails like any other change', () => {
  const sealed = sealEnvelope({ key, generation: 1, plaintext: Buffer.from('a secret'), associatedData });
  const missing = (generation: number): Uint8Array => {
    throw new Error(`no key ${generation}`);
  };
  assert.throws(() => openEnvelope({ keyOf: missing, sealed, associatedData }), {
    name: 'EnvelopeError',
    message: new EnvelopeError().message,
  });
});

test('an envelope is as long as its content and 31 bytes; its layout is version, generation, nonce, content, tag', () => {
  const sealed = sealEnvelope({ key, generation: 0x0102, plaintext: Buffer.alloc(9), associatedData });
  assert.equal(sealed.length, 9 + 31);
  assert.deepEqual([...sealed.subarray(0, 3)], [1, 1, 2]);
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(3, 15));
  decipher.setAAD(Buffer.concat([sealed.subarray(0, 3), associatedData]));
  decipher.setAuthTag(sealed.subarray(-16));
  assert.deepEqual(Buffer.concat([decipher.update(sealed.subarray(15, -16)), decipher.final()]), Buffer.alloc(9));
});

test('a generation beyond two bytes is refused', () => {
  const plaintext = Buffer.alloc(0);
  assert.throws(() => sealEnvelope({ key, generation: 65_536, plaintext, associatedData }), RangeError);
});

test('no two envelopes share a nonce', () => {
  const nonces = new Set<string>();
  for (let count = 0; count < 3_000; count += 1) {
    const sealed = sealEnvelope({ key, generation: 1, plaintext: Buffer.alloc(0), associatedData });
    nonces.add(sealed.subarray(3, 15).toString('hex'));
  }
  assert.equal(nonces.size, 3_000);
});
