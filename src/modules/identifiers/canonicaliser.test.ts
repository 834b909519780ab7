import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Canonical,
  cleanCell,
  createCanonicaliser,
  describeIdentifierTypes,
  type IdentifierTypeName,
  identifierTypeNames,
} from './index.ts';

const us = { defaultCountry: 'US' };

function outcome(type: IdentifierTypeName, cell: string): string {
  const result = createCanonicaliser(type, us).canonicalise(cleanCell(cell));
  return result.reason ?? result.value;
}

const vectors: Partial<Record<IdentifierTypeName, readonly (readonly [cell: string, outcome: string])[]>> = {
  taxIdNumber: [
    ['900000001', '900000001'],
    ['900-00-0001', '900000001'],
    ['90-0000001', '900000001'],
    ['="012345678"', '012345678'],
    ["'012345678", '012345678'],
    ['900\u00a000\u20130001', '900000001'],
    ['\uff19\uff10\uff10\uff10\uff10\uff10\uff10\uff10\uff11', '900000001'],
    ['900\u200d000\ufeff001', '900000001'],
    ['1.23457E+08', 'scientificNotation'],
    ['1E+08', 'scientificNotation'],
    ['12345678', 'leadingZerosLost'],
    ['1234567', 'leadingZerosLost'],
    ['123456', 'invalidFormat'],
    ['12-345678', 'invalidFormat'],
    ['1234567890', 'invalidFormat'],
    ['90000000A', 'invalidFormat'],
    ['000123456', 'impossibleValue'],
    ['000000000', 'impossibleValue'],
    ['111111111', 'placeholderValue'],
    ['123456789', 'placeholderValue'],
    ['987-65-4321', 'placeholderValue'],
    ['666123456', '666123456'],
    ['123450000', '123450000'],
  ],
  customerId: [
    ['0399abedfd3d5e10c2aa', '0399abedfd3d5e10c2aa'],
    ['short', 'invalidFormat'],
    ['has space in it', 'invalidFormat'],
  ],
  coreCustomerId: [
    [' C-001 ', 'C-001'],
    ['c-001', 'c-001'],
    ['1E+10', 'scientificNotation'],
    ['a\u0000b', 'invalidFormat'],
    ['\ud800', 'invalidFormat'],
    ['x'.repeat(65), 'invalidFormat'],
    ['\u{1f600}'.repeat(64), '\u{1f600}'.repeat(64)],
  ],
  accountNumber: [
    ['0000-1234 5678', '000012345678'],
    ['ab.12', 'AB.12'],
    ['1.23E+10', 'scientificNotation'],
    ['stra\u00dfe', 'invalidFormat'],
    ['1'.repeat(33), 'invalidFormat'],
  ],
  emailAddress: [
    ['Jane.Doe@Example.COM', 'jane.doe@example.com'],
    ['j@b\u00fccher.example', 'j@xn--bcher-kva.example'],
    ['cafe\u0301@example.com', 'caf\u00e9@example.com'],
    ['no-at.example.com', 'invalidFormat'],
    ['a@b', 'invalidFormat'],
    ['a@1.2.3.4', 'invalidFormat'],
    ['a..b@example.com', 'invalidFormat'],
    ['a b@example.com', 'invalidFormat'],
    [`${'a'.repeat(65)}@example.com`, 'invalidFormat'],
    ['a@-b.example', 'invalidFormat'],
  ],
  phoneNumber: [
    ['(202) 555-0123', '+12025550123'],
    ['2025550123', '+12025550123'],
    ['+12025550123', '+12025550123'],
    ['+44 20 7183 8750', '+442071838750'],
    ['202-555-0123 ext. 5', '+12025550123'],
    ['4165550123', '+14165550123'],
    ['2.02556E+09', 'scientificNotation'],
    ['5555555555', 'impossibleValue'],
    ['call me', 'invalidFormat'],
    ['12', 'impossibleValue'],
  ],
  username: [
    ['JaneDoe1', 'janedoe1'],
    ['M\u00dcLLER', 'm\u00fcller'],
    ['Mu\u0308ller', 'm\u00fcller'],
    ['\u0000', 'invalidFormat'],
  ],
};

for (const [type, cells] of Object.entries(vectors)) {
  test(`${type}: what becomes of each cell`, () => {
    const name = identifierTypeNames.find((candidate) => candidate === type);
    assert.ok(name);
    for (const [cell, expected] of cells) assert.equal(outcome(name, cell), expected, JSON.stringify(cell));
  });
}

test('lost leading zeros are repaired to a value that is checked again', () => {
  const canonicaliser = createCanonicaliser('taxIdNumber');
  assert.deepEqual(canonicaliser.canonicalise('12345678'), { reason: 'leadingZerosLost', repaired: '012345678' });
  assert.deepEqual(canonicaliser.canonicalise('1234567'), { reason: 'leadingZerosLost', repaired: '001234567' });
});

test('a cell is unwrapped once', () => {
  assert.equal(cleanCell(' "=""1""" '), '="1"');
  assert.equal(cleanCell('""'), '');
  assert.equal(cleanCell("'"), '');
  assert.equal(cleanCell("''5"), "'5");
  assert.equal(cleanCell('\u200b\u00a0'), '');
});

const digitish = fc.string({ unit: fc.constantFrom(...'0123456789-+ .eExX()'), maxLength: 16 });
const anyCell = fc.oneof(
  digitish,
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.emailAddress(),
  fc.integer({ min: 0, max: 9_999_999_999 }).map((number) => String(number)),
);

for (const type of identifierTypeNames) {
  const canonicaliser = createCanonicaliser(type, us);

  test(`${type}: never throws, and a canonical value stays what it is`, () => {
    fc.assert(
      fc.property(anyCell, (cell) => {
        const { value } = canonicaliser.canonicalise(cleanCell(cell));
        if (value === undefined || cleanCell(value) !== value) return;
        assert.deepEqual(canonicaliser.canonicalise(value), { value });
      }),
      { numRuns: 500 },
    );
  });

  test(`${type}: the fast path gives what the slow path gives`, () => {
    fc.assert(
      fc.property(fc.oneof(anyCell, plainCell(type)), (cell) => {
        const fast = fastValue(type, cell);
        if (fast === undefined) return;
        const slow: Canonical = canonicaliser.canonicalise(cleanCell(cell));
        assert.equal(slow.value, fast, JSON.stringify(cell));
      }),
      { numRuns: 2_000 },
    );
  });

  test(`${type}: every canonical form fits its published pattern`, () => {
    const facts = describeIdentifierTypes().find((candidate) => candidate.name === type);
    assert.ok(facts);
    const pattern = new RegExp(facts.pattern, 'u');
    for (const example of facts.examples) {
      const { value } = canonicaliser.canonicalise(cleanCell(example));
      assert.match(value ?? '', pattern);
    }
  });
}

function fastValue(type: IdentifierTypeName, cell: string): string | undefined {
  const source = Buffer.from(cell);
  const target = Buffer.alloc(source.length + 16);
  const written = createCanonicaliser(type, us).canonicaliseBytes?.(source, 0, source.length, target, 4) ?? -1;
  return written === -1 ? undefined : target.subarray(4, 4 + written).toString();
}

function plainCell(type: IdentifierTypeName): fc.Arbitrary<string> {
  const digits = (length: number) =>
    fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
  if (type === 'taxIdNumber') {
    return fc.oneof(
      digits(9),
      digits(9).map((text) => `${text.slice(0, 3)}-${text.slice(3, 5)}-${text.slice(5)}`),
      digits(9).map((text) => `${text.slice(0, 2)}-${text.slice(2)}`),
      fc.constantFrom('123456789', '987654321', '222222222', '000123456'),
    );
  }
  if (type === 'phoneNumber')
    return fc.oneof(
      digits(10),
      digits(10).map((text) => `+1${text}`),
    );
  return fc.string({ unit: fc.constantFrom(...'abcXYZ019._+-@'), maxLength: 24 });
}
