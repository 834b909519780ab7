import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanCell, createCanonicaliser, type IdentifierTypeName, identifierTypeNames } from './index.ts';

const us = { defaultCountry: 'US' };

function outcome(type: IdentifierTypeName, cell: string): string {
  const result = createCanonicaliser(type, us).canonicalise(cell);
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
    [' 900-00-0001 ', '900000001'],
    ['"900000001"', '900000001'],
    ['900\u2011000001', '900000001'],
    ['900\uff0d00\uff0d0001', '900000001'],
    ['900\u2212000001', '900000001'],
    ['900\u2009000\u3000001', '900000001'],
    ['\u202e900000001\u202c', '900000001'],
    ['\ufeff900000001', '900000001'],
    ['\uff11\uff12345678', 'leadingZerosLost'],
    ['1.2E+8', 'invalidFormat'],
    ['1.23457e+08', 'scientificNotation'],
    ['1.23E-08', 'invalidFormat'],
    ['0123456', 'leadingZerosLost'],
    ['0000001', 'leadingZerosLost'],
    ['000-12-3456', 'impossibleValue'],
    ['900000001,', 'invalidFormat'],
    ['900000001.0', 'invalidFormat'],
    ['\u0669\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0661', 'invalidFormat'],
    ['900000001\u0000', 'invalidFormat'],
    ['900000001\ud800', 'invalidFormat'],
    ["''900000001", 'invalidFormat'],
    ['""900000001""', 'invalidFormat'],
    ['9'.repeat(10_000), 'invalidFormat'],
    ['', 'invalidFormat'],
  ],
  customerId: [
    ['0399abedfd3d5e10c2aa', '0399abedfd3d5e10c2aa'],
    ['short', 'invalidFormat'],
    ['has space in it', 'invalidFormat'],
    ['0399ABEDFD3D5E10C2AA', '0399ABEDFD3D5E10C2AA'],
    ['="0399abedfd3d5e10c2aa"', '0399abedfd3d5e10c2aa'],
    ['x'.repeat(49), 'invalidFormat'],
  ],
  coreCustomerId: [
    [' C-001 ', 'C-001'],
    ['c-001', 'c-001'],
    ["'007", '007'],
    ['C 001', 'C 001'],
    ['C-\u200b001', 'C-001'],
    ['1E10', '1E10'],
    ['1E+10', 'scientificNotation'],
    ['a\u0000b', 'invalidFormat'],
    ['\ud800', 'invalidFormat'],
    ['x'.repeat(65), 'invalidFormat'],
    ['\u{1f600}'.repeat(64), '\u{1f600}'.repeat(64)],
  ],
  accountNumber: [
    ['0000-1234 5678', '000012345678'],
    ['ab.12', 'AB.12'],
    ['="00123"', '00123'],
    ['0001\u00a02345\u20136789', '000123456789'],
    ['12_34', 'invalidFormat'],
    ['\uff11\uff12', 'invalidFormat'],
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
    ['"jane"@example.com', 'invalidFormat'],
    ['\u202ejane@example.com', 'jane@example.com'],
    ['jane@example.com, joe@example.com', 'invalidFormat'],
    ['jane@@example.com', 'invalidFormat'],
    ['jane@example.com.', 'invalidFormat'],
    ['jane@exa_mple.com', 'invalidFormat'],
    ['jane@example.com:25', 'invalidFormat'],
    ['jane@ex%61mple.com', 'invalidFormat'],
    ['jane@0x7f.1', 'invalidFormat'],
    ['jane@XN--BCHER-KVA.example', 'jane@xn--bcher-kva.example'],
    ['jane@\uff45xample.com', 'jane@example.com'],
    ['jane@first-bank.example', 'jane@first-bank.example'],
    ['\ud800@example.com', 'invalidFormat'],
    ['jane\u0000@example.com', 'invalidFormat'],
    ['mailto:jane@example.com', 'invalidFormat'],
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
    ['call 2025550123', 'invalidFormat'],
    ['0442071838750', 'impossibleValue'],
    ['2025550123x99', '+12025550123'],
    ['\uff12\uff10\uff12 555 0123', '+12025550123'],
    ["'+12025550123", '+12025550123'],
    ['="2025550123"', '+12025550123'],
    ['202\u2011555\u20110123', '+12025550123'],
    ['0000000000', 'impossibleValue'],
    ['1'.repeat(10_000), 'invalidFormat'],
    ['\ud8002025550123', 'invalidFormat'],
    ['12', 'impossibleValue'],
  ],
  username: [
    ['JaneDoe1', 'janedoe1'],
    ['M\u00dcLLER', 'm\u00fcller'],
    ['Mu\u0308ller', 'm\u00fcller'],
    ['stra\u00dfe', 'strasse'],
    ['STRA\u1e9eE', 'strasse'],
    ['\u0131an', '\u0131an'],
    ['\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2', '\u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c3'],
    ['jane\u200bdoe', 'janedoe'],
    ['Jane Doe', 'jane doe'],
    ['x'.repeat(64), 'x'.repeat(64)],
    ['x'.repeat(65), 'invalidFormat'],
    ['\ud800', 'invalidFormat'],
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

test('a phone number without a country code belongs to the default country, and to none without one', () => {
  const cell = '044 668 18 00';
  assert.deepEqual(createCanonicaliser('phoneNumber', { defaultCountry: 'CH' }).canonicalise(cell), {
    value: '+41446681800',
  });
  for (const defaultCountry of [undefined, 'XX', '']) {
    const { reason } = createCanonicaliser('phoneNumber', { defaultCountry }).canonicalise(cell);
    assert.equal(reason, 'invalidFormat');
  }
  assert.equal(createCanonicaliser('phoneNumber').canonicalise('+41 44 668 18 00').value, '+41446681800');
});
