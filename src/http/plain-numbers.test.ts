import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createValidatorCompiler } from './validation.ts';

const shared = { $id: 'shared', type: 'integer' };
const compile = (properties: object, httpPart = 'querystring') =>
  createValidatorCompiler({ shared })({ schema: { type: 'object', properties }, httpPart });

/** What the text becomes, undefined when it is refused. */
function read(property: object, text: unknown): unknown {
  const data = { n: text };
  return compile({ n: property })(data) === true ? data.n : undefined;
}

test('an integer is plain decimal digits, with a sign only where the schema goes below zero', () => {
  const unsigned = { type: 'integer', minimum: 0, maximum: 1000 };
  const signed = { type: 'integer', minimum: -10, maximum: 1000 };
  for (const [text, number] of [
    ['0', 0],
    ['5', 5],
    ['007', 7],
    ['1000', 1000],
  ] as const) {
    assert.equal(read(unsigned, text), number, text);
    assert.equal(read(signed, text), number, text);
  }
  const others = [
    '',
    ' ',
    '1e2',
    '1E2',
    '0x10',
    '0b1',
    '0o7',
    '5.0',
    '5.',
    '.5',
    '+5',
    ' 5',
    '5 ',
    '5\n',
    '1_0',
    '1,0',
  ];
  for (const text of [...others, '--5', '-', 'Infinity', 'NaN', 'null', 'true', '٥', '５', '1001']) {
    assert.equal(read(unsigned, text), undefined, text);
    assert.equal(read(signed, text), undefined, text);
  }
  assert.equal(read(signed, '-5'), -5);
  assert.equal(read(signed, '-11'), undefined);
  for (const text of ['-5', '-0']) assert.equal(read(unsigned, text), undefined, text);
});

test('a number may have a fraction, nothing else', () => {
  const number = { type: 'number', exclusiveMinimum: 0, maximum: 10 };
  assert.deepEqual([read(number, '5'), read(number, '0.5')], [5, 0.5]);
  for (const text of ['5e0', '.5', '5.', '0x1', '+1', '-1', '1.2.3']) assert.equal(read(number, text), undefined, text);
});

test('numbers in a list, and one that comes twice', () => {
  const list = { type: 'array', items: { type: 'integer', minimum: 0, maximum: 99 }, maxItems: 3 };
  assert.deepEqual(read(list, ['1', '2']), [1, 2]);
  assert.deepEqual(read(list, '7'), [7]);
  for (const text of ['1e1', ['1', '0x2'], ['+1', '2']]) assert.equal(read(list, text), undefined);
  assert.equal(read({ type: 'integer', minimum: 0 }, ['1', '2']), undefined);
});

test('a refusal stands at its place, in the words of any text that is no number', () => {
  const validate = compile({ n: { type: 'integer', minimum: 0 } });
  assert.equal(validate({ n: '1e2' }), false);
  const { errors } = validate;
  assert.ok(Array.isArray(errors));
  assert.deepEqual(
    errors.map(({ instancePath, message }) => [instancePath, message]),
    [['/n', 'must be integer']],
  );
});

test('bodies are no text: 5.0 is 5 there, and a text is no number', () => {
  const validate = compile({ n: { type: 'integer' } }, 'body');
  assert.equal(validate({ n: 5.0 }), true);
  assert.equal(validate({ n: '5' }), false);
});

test('a number where this cannot look is refused when the route is made', () => {
  const integer = { type: 'integer' };
  for (const property of [
    { anyOf: [integer, { type: 'string' }] },
    { type: ['integer', 'string'] },
    { type: 'object', properties: { deep: integer } },
    { $ref: 'shared' },
  ]) {
    assert.throws(() => compile({ n: property }), TypeError);
  }
});
