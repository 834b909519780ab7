import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Base64Decoder } from './base64-decoder.ts';
import { JsonScanner } from './json-scanner.ts';

function scan(body: string | Uint8Array, sizes: readonly number[] = [], bytesMax = 1_000_000) {
  const decoder = new Base64Decoder({ bytesMax });
  const scanner = new JsonScanner(decoder);
  const bytes = Buffer.from(body);
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    scanner.push(bytes.subarray(at, at + size));
    at += size;
  }
  const { fieldsJson, hasContent } = scanner.finish();
  const content = Buffer.concat(decoder.finish()).toString('latin1');
  const fields: unknown = JSON.parse(fieldsJson);
  return { fields, hasContent, content };
}

test('content is decoded, all other members come back', () => {
  const body = {
    name: 'A "quoted" \\ name',
    content: 'MQoy',
    tags: [{ content: 'x' }, null, 1.5],
    includesHeader: true,
  };
  const { content: _content, ...fields } = body;
  assert.deepEqual(scan(JSON.stringify(body)), { fields, hasContent: true, content: '1\n2' });
  assert.deepEqual(scan(JSON.stringify(body, null, 2)), { fields, hasContent: true, content: '1\n2' });
  assert.deepEqual(scan('{"name":"content"}'), { fields: { name: 'content' }, hasContent: false, content: '' });
  assert.deepEqual(scan('{"content":""}'), { fields: {}, hasContent: true, content: '' });
  assert.deepEqual(scan('\ufeff {} \n'), { fields: {}, hasContent: false, content: '' });
});

test('escapes in content and in its name are read', () => {
  const escaped = String.raw`{"c\u006fntent":"\u004dQ\r\n\/\/\u002B+A\u003d"}`;
  assert.equal(scan(escaped).content, Buffer.from('MQ//++A=', 'base64').toString('latin1'));
});

test('what is no good JSON object is badRequest, and no text of it is repeated', () => {
  const deep = `{"a":${'['.repeat(32)}${']'.repeat(32)}}`;
  const bodies = [
    '',
    ' ',
    '[]',
    '"a"',
    'null',
    '{',
    '{"a":1',
    '{"a":1}}',
    '{"a":1}{"content":"MQ"}',
    '{"a":1 "content":"MQ"}',
    '{"content" "MQ"}',
    '{"content":"MQ""MQ"}',
    '{"content":"MQ","content":"MQ"}',
    String.raw`{"content":"MQ","\u0063ontent":"MQ"}`,
    '{"secret212345678":1,"secret212345678":2}',
    '{"__proto__":{}}',
    '{"a":{"__proto__":1}}',
    '{"constructor":{"prototype":{}}}',
    '{"a":1,}',
    '{a:1}',
    '{"a":[}',
    '{"content":5}',
    '{"content":null}',
    '{"content":["MQ"]}',
    '{"content":"MQ\n"}',
    String.raw`{"content":"M\x51"}`,
    String.raw`{"content":"M\u00g1"}`,
    deep,
    Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]),
  ];
  for (const body of bodies) {
    for (const sizes of [[], [1]]) {
      assert.throws(
        () => scan(body, sizes),
        (error: unknown) => {
          assert.ok(error instanceof Error && 'type' in error, String(error));
          assert.equal(error.type, 'badRequest', `${body}: ${error.message}`);
          assert.doesNotMatch(error.message, /secret|212345678/);
          return true;
        },
      );
    }
  }
  assert.equal(scan(deep.replace('[', '').replace(']', '')).hasContent, false);
});

test('the rest of the body is bounded', () => {
  assert.throws(() => scan(`{"a":"${'x'.repeat(70_000)}"}`), { type: 'payloadTooLarge' });
  assert.throws(() => scan(`{${' '.repeat(70_000)}}`), { type: 'payloadTooLarge' });
  assert.throws(() => scan('{"content":"MTIzNA=="}', [], 3), { type: 'payloadTooLarge' });
});

test('any cut of the body gives what JSON.parse gives', () => {
  const values = fc.jsonValue({ maxDepth: 3 });
  const bodies = fc.record({
    fields: fc.dictionary(
      fc.string().filter((name) => !['content', '__proto__', 'constructor'].includes(name)),
      values,
    ),
    content: fc.uint8Array({ maxLength: 40 }),
    space: fc.constantFrom(0, 1),
    sizes: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    isEscaped: fc.boolean(),
  });
  fc.assert(
    fc.property(bodies, ({ fields, content, space, sizes, isEscaped }) => {
      const base64 = Buffer.from(content).toString('base64');
      const plain = JSON.stringify({ ...fields, content: base64, last: 1 }, null, space);
      const body = isEscaped ? plain.replaceAll('/', String.raw`\/`).replaceAll('=', String.raw`\u003D`) : plain;
      if (body.includes('__proto__')) return;
      const { content: _content, ...parsed } = JSON.parse(body);
      const expected = { fields: parsed, hasContent: true, content: Buffer.from(content).toString('latin1') };
      assert.deepEqual(scan(body, sizes), expected);
    }),
    { numRuns: 500 },
  );
});
