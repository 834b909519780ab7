import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Base64Decoder } from './base64-decoder.ts';

function decode(text: string, sizes: readonly number[] = []): Buffer {
  const decoder = new Base64Decoder({ bytesMax: 1_000_000 });
  const bytes = Buffer.from(text, 'latin1');
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    decoder.push(bytes, at, Math.min(bytes.length, at + size));
    at += size;
  }
  return Buffer.concat(decoder.finish());
}

test('the vectors of RFC 4648 section 10, with and without padding', () => {
  const vectors = ['', 'Zg==', 'Zm8=', 'Zm9v', 'Zm9vYg==', 'Zm9vYmE=', 'Zm9vYmFy'];
  for (const [length, vector] of vectors.entries()) {
    assert.equal(decode(vector).toString(), 'foobar'.slice(0, length));
    assert.equal(decode(vector.replaceAll('=', '')).toString(), 'foobar'.slice(0, length));
  }
});

test('both alphabets and line breaks are read, in any pieces', () => {
  const shape = fc.record({
    bytes: fc.uint8Array({ maxLength: 300 }),
    variant: fc.constantFrom('base64' as const, 'base64url' as const),
    width: fc.integer({ min: 1, max: 80 }),
    lineBreak: fc.constantFrom('\n', '\r\n', '\r', ''),
    sizes: fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
  });
  fc.assert(
    fc.property(shape, ({ bytes, variant, width, lineBreak, sizes }) => {
      const text = Buffer.from(bytes).toString(variant);
      const folded = text.replace(new RegExp(`.{${width}}`, 'g'), (line) => `${line}${lineBreak}`);
      assert.deepEqual(decode(folded, sizes), Buffer.from(bytes));
    }),
    { numRuns: 500 },
  );
});

test('a long text goes through blocks', () => {
  const bytes = Buffer.alloc(600_000, 'abcdefg\n');
  assert.deepEqual(decode(bytes.toString('base64'), [100_003]), bytes);
});

test('anything else is invalidBase64', () => {
  const texts = [
    'Zm9v YmFy',
    'data:text/csv;base64,Zm9v',
    'Zm9v\tYmFy',
    'Z',
    'Zm9vY',
    '=',
    'Z=',
    'Zg=',
    'Zg===',
    'Zm9v=',
    'Zm8==',
    'Zg==Zg==',
    'Zg=x',
    'Zh==',
    'Zm9=',
    'Zm9\u00e9',
    '"Zm9v"',
    'Zm*v',
  ];
  for (const text of texts) assert.throws(() => decode(text), { name: 'Problem', type: 'invalidBase64' }, text);
});

test('more than the limit is payloadTooLarge, as soon as it is there', () => {
  const decoder = new Base64Decoder({ bytesMax: 10 });
  assert.throws(() => decoder.push(Buffer.from('A'.repeat(40)), 0, 40), { type: 'payloadTooLarge' });
});
