import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  cleanCell,
  createCanonicaliser,
  describeIdentifierTypes,
  type IdentifierTypeName,
  identifierTypeNames,
} from './index.ts';

const us = { defaultCountry: 'US' };
/** The room around a value in the target, to see that nothing else is written. */
const margin = 4;
const untouched = 0xee;

const digits = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: length, maxLength: length });
const of = (alphabet: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...alphabet), maxLength });

const hostile = fc.string({
  unit: fc.constantFrom(
    ...['"', '=', "'", '\u0000', '\ud800', '\udc00', '\u202e', '\u200d', '\ufeff', '\u00a0', '\u{1f600}', 'a\u0301'],
    ...['\u00df', '\u1e9e', '\u0130', '\u0131', '\u03c2', '\u03a3', '\u0345', '\uff11', '\u2013', '@', '.', 'E+', '7'],
  ),
  maxLength: 12,
});
const anyCell = fc.oneof(
  of('0123456789-+ .eExX()', 16),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  hostile,
  fc.tuple(hostile, fc.emailAddress(), hostile).map((parts) => parts.join('')),
  fc.integer({ min: 0, max: 9_999_999_999 }).map(String),
);

for (const type of identifierTypeNames) {
  const canonicaliser = createCanonicaliser(type, us);
  const facts = describeIdentifierTypes().find(({ name }) => name === type);
  assert.ok(facts);
  const pattern = new RegExp(facts.pattern, 'u');

  test(`${type}: a canonical value fits the published pattern and stays what it is; refusals are the published ones`, () => {
    fc.assert(
      fc.property(fc.oneof(anyCell, plainCell(type)), (cell) => {
        const { value, reason } = canonicaliser.canonicalise(cell);
        if (value === undefined) {
          assert.ok(facts.refusals.includes(reason));
          return;
        }
        assert.match(value, pattern);
        assert.ok(value.isWellFormed());
        // A value that itself looks wrapped (''5) would be unwrapped again.
        if (cleanCell(value) === value) assert.deepEqual(canonicaliser.canonicalise(value), { value });
      }),
      { numRuns: 3_000 },
    );
  });

  test(`${type}: cleaning first changes nothing`, () => {
    fc.assert(
      fc.property(anyCell, (cell) => {
        const clean = cleanCell(cell);
        if (cleanCell(clean) !== clean) return;
        assert.deepEqual(canonicaliser.canonicalise(clean), canonicaliser.canonicalise(cell));
      }),
      { numRuns: 500 },
    );
  });

  test(`${type}: the fast path gives what the slow path gives, and writes nowhere else`, () => {
    let taken = 0;
    fc.assert(
      fc.property(fc.oneof(anyCell, plainCell(type)), fc.constantFrom('US', 'CA', 'GB', undefined), (cell, country) => {
        const fast = fastValue(type, cell, country);
        if (fast === undefined) return;
        taken += 1;
        const { value } = createCanonicaliser(type, { defaultCountry: country }).canonicalise(cell);
        assert.equal(value, fast, JSON.stringify(cell));
      }),
      { numRuns: 5_000 },
    );
    assert.ok(taken > 200 || canonicaliser.canonicaliseBytes === undefined, `the fast path was taken ${taken} times`);
  });

  test(`${type}: ten thousand characters of anything are answered`, () => {
    for (const unit of [
      '7',
      'a',
      '"',
      "'",
      ' ',
      '-',
      '@',
      'a@',
      'a.',
      '\u0000',
      '\ud800',
      '\u{1f600}',
      '\u0301',
      '\u200b',
    ]) {
      assert.ok(canonicaliser.canonicalise(unit.repeat(10_000)).reason !== undefined, JSON.stringify(unit));
    }
  });

  test(`${type}: the published examples are valid`, () => {
    for (const example of facts.examples) assert.match(canonicaliser.canonicalise(example).value ?? '', pattern);
  });
}

test('phoneNumber: the fast path agrees with the library in every area code', () => {
  const canonicaliser = createCanonicaliser('phoneNumber', us);
  // Every eighth exchange, others on each run, and those that the rules of numbering treat apart.
  const offset = Math.floor(Math.random() * 8);
  for (let areaCode = 200; areaCode < 1_000; areaCode += 1) {
    for (let exchange = 200; exchange < 1_000; exchange += 1) {
      if (exchange % 8 !== offset && exchange % 100 !== 11 && exchange !== 555) continue;
      const cell = `${areaCode}${exchange}${String((areaCode * exchange) % 10_000).padStart(4, '0')}`;
      const fast = fastValue('phoneNumber', cell, 'US');
      if (fast !== undefined) assert.equal(canonicaliser.canonicalise(cell).value, fast, cell);
    }
  }
});

test('username: every letter folds as Unicode says, once and for all', () => {
  const { canonicalise } = createCanonicaliser('username');
  for (let code = 0x21; code < 0x1_f000; code += 1) {
    const { value } = canonicalise(String.fromCodePoint(code));
    if (value === undefined || cleanCell(value) !== value) continue;
    assert.equal(canonicalise(value).value, value, code.toString(16));
    assert.equal(canonicalise(String.fromCodePoint(code).toUpperCase()).value, isDotless(code) ? 'i' : value);
  }
});

function isDotless(code: number): boolean {
  return code === 0x131;
}

function fastValue(type: IdentifierTypeName, cell: string, country: string | undefined): string | undefined {
  const source = Buffer.from(cell);
  const target = Buffer.alloc(source.length + 3 * margin, untouched);
  const canonicaliser = createCanonicaliser(type, { defaultCountry: country });
  const written = canonicaliser.canonicaliseBytes?.(source, 0, source.length, target, margin) ?? -1;
  assert.deepEqual(target.subarray(0, margin), Buffer.alloc(margin, untouched));
  return written === -1 ? undefined : target.subarray(margin, margin + written).toString();
}

/** Cells as most lists have them. */
function plainCell(type: IdentifierTypeName): fc.Arbitrary<string> {
  const byType: Record<IdentifierTypeName, fc.Arbitrary<string>> = {
    taxIdNumber: fc.oneof(
      digits(9),
      digits(9).map((text) => `${text.slice(0, 3)}-${text.slice(3, 5)}-${text.slice(5)}`),
      digits(9).map((text) => `${text.slice(0, 2)}-${text.slice(2)}`),
      fc.constantFrom('123456789', '987654321', '222222222', '000123456', '12345-6789', '1-23456789'),
    ),
    customerId: of('0123456789abcdef', 24),
    coreCustomerId: fc.oneof(of('abcXYZ019-_. +E"\'=', 24), fc.constantFrom('1E+08', '1.5e+10')),
    accountNumber: of('0123456789abzABZ- .+E_', 40),
    emailAddress: fc.oneof(
      of('abcXYZ019._+-@', 24),
      fc.tuple(of('abZ0._+-', 12), of('aZ0.-', 12), of('abX0-', 5)).map(([a, b, c]) => `${a}@${b}.${c}`),
      fc.tuple(fc.integer({ min: 60, max: 66 }), fc.integer({ min: 60, max: 66 })).map(longAddress),
      fc.emailAddress(),
    ),
    phoneNumber: fc.oneof(
      digits(10),
      digits(10).map((text) => `+1${text}`),
      digits(7).map((text) => `202${text}`),
    ),
    username: of('abcXYZ019-_. +E"\'=@', 70),
  };
  return byType[type];
}

function longAddress([local, label]: [number, number]): string {
  return `${'a'.repeat(local)}@${'b'.repeat(label)}.example`;
}
