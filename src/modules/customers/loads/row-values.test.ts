import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accountNumbersMax } from '../customer-schemas.ts';
import { type LoadField, loadFields } from './load-fields.ts';
import { malformedCell, type RawCell } from './row-shape.ts';
import { type CustomerValues, RowReader } from './row-values.ts';

const reader = new RowReader({ defaultCountry: 'US', attributes: [] });

function read(given: Partial<Record<LoadField, RawCell>>, stored?: CustomerValues) {
  const reports: [string, string][] = [];
  const cells = loadFields.map((field) => given[field]);
  const values = reader.readValues(cells, stored, (field, reason) => reports.push([field, reason]));
  return { values, reports };
}

const full = {
  customerType: 'retail',
  givenName: ' Ann ',
  familyName: 'Lee',
  businessName: '',
  emailAddress: 'Ann@Example.COM',
  phoneNumber: '(415) 555-2671',
  regionCode: 'NC',
  postalCode: '02134',
  birthYear: '1980',
  customerSince: '2020-02-29',
  taxIdNumber: '="123-45-6780"',
  username: 'ANN',
  accountNumbers: '00-1|002||00 1',
  branch: ' Main Street ',
  lastLoginAt: '2026-03-01T12:30:00.5+01:00',
  onlineBankingEnrolled: 'true',
  electronicStatements: 'false',
  consentEmail: 'true',
  consentSms: 'false',
  consentPhone: '',
  consentMail: null,
} as const;

test('values become canonical', () => {
  const { values, reports } = read(full);
  assert.deepEqual(reports, []);
  assert.deepEqual(values, {
    customerType: 'retail',
    givenName: 'Ann',
    familyName: 'Lee',
    businessName: null,
    emailAddress: 'ann@example.com',
    phoneNumber: '+14155552671',
    regionCode: 'NC',
    postalCode: '02134',
    birthYear: 1980,
    customerSince: '2020-02-29',
    taxIdNumber: '123456780',
    username: 'ann',
    accountNumbers: ['001', '002'],
    branch: 'Main Street',
    lastLoginAt: Date.UTC(2026, 2, 1, 11, 30, 0, 500),
    onlineBankingEnrolled: true,
    electronicStatements: false,
    consentEmail: true,
    consentSms: false,
    consentPhone: null,
    consentMail: null,
    attributes: {},
  });
});

test('what is no truth value, no time and no branch is told', () => {
  const { values, reports } = read({
    branch: 'x'.repeat(41),
    lastLoginAt: '2026-02-29T00:00:00Z',
    onlineBankingEnrolled: 'yes',
    consentEmail: 'TRUE',
    consentSms: malformedCell,
  });
  assert.deepEqual(reports, [
    ['branch', 'tooLong'],
    ['lastLoginAt', 'impossibleValue'],
    ['onlineBankingEnrolled', 'invalidFormat'],
    ['consentEmail', 'invalidFormat'],
    ['consentSms', 'invalidFormat'],
  ]);
  assert.deepEqual([values.branch, values.lastLoginAt, values.consentEmail], [null, null, null]);
});

test('absent keeps, empty clears, bad is empty and told', () => {
  const stored = read(full).values;
  assert.deepEqual(read({}, stored).values, stored);
  const cleared = read(Object.fromEntries(loadFields.map((field) => [field, null])), stored).values;
  assert.deepEqual(
    Object.values(cleared).filter((value) => value !== null),
    ['retail', [], {}],
  );
  const bad: Record<string, RawCell> = {
    customerType: 'Retail',
    givenName: 'a\u0000b',
    familyName: 'x'.repeat(201),
    emailAddress: 'no address',
    phoneNumber: '1.4155E+10',
    regionCode: 'x'.repeat(21),
    postalCode: malformedCell,
    birthYear: '1980.0',
    customerSince: '2021-02-29',
    taxIdNumber: '12345678',
    username: '\ud800',
    accountNumbers: 'good|bad!|1.2E+11',
  };
  const { values, reports } = read(bad, stored);
  assert.deepEqual(reports, [
    ['customerType', 'invalidFormat'],
    ['givenName', 'invalidFormat'],
    ['familyName', 'tooLong'],
    ['emailAddress', 'invalidFormat'],
    ['phoneNumber', 'scientificNotation'],
    ['regionCode', 'tooLong'],
    ['postalCode', 'invalidFormat'],
    ['birthYear', 'invalidFormat'],
    ['customerSince', 'impossibleValue'],
    ['taxIdNumber', 'leadingZerosLost'],
    ['username', 'invalidFormat'],
    ['accountNumbers', 'invalidFormat'],
    ['accountNumbers', 'scientificNotation'],
  ]);
  assert.equal(values.taxIdNumber, null);
  assert.deepEqual(values.accountNumbers, ['GOOD']);
});

test('who has only a business name is a business', () => {
  assert.equal(read({ businessName: 'Acme' }).values.customerType, 'business');
  assert.equal(read({ businessName: 'Acme', givenName: 'Ann' }).values.customerType, 'retail');
  assert.equal(read({ businessName: 'Acme', customerType: 'retail' }).values.customerType, 'retail');
});

test('accounts are bounded', () => {
  const many = Array.from({ length: accountNumbersMax + 1 }, (_, index) => String(index));
  assert.deepEqual(read({ accountNumbers: many }).reports, [['accountNumbers', 'tooManyValues']]);
  assert.deepEqual(read({ accountNumbers: '1'.repeat(20_000) }).reports, [['accountNumbers', 'tooLong']]);
  assert.equal(read({ accountNumbers: many.slice(1) }).values.accountNumbers.length, accountNumbersMax);
});

test('dates are those of the calendar', () => {
  const given = ['2000-02-29', '1900-02-28', '2024-12-31', '0001-01-01', '9999-12-31'];
  const refused = ['1900-02-29', '2023-02-29', '2024-13-01', '2024-04-31', '2024-00-10', '2024-01-00', '0000-01-01'];
  for (const text of given) assert.equal(read({ customerSince: text }).values.customerSince, text);
  for (const text of refused) assert.deepEqual(read({ customerSince: text }).reports[0]?.[1], 'impossibleValue', text);
});

test('keys: trimmed and unwrapped, case-sensitive, never a number', () => {
  assert.deepEqual(reader.readKey(' "C-1" '), { key: 'C-1' });
  for (const cell of [null, '', '  ', '=""']) assert.deepEqual(reader.readKey(cell), { reason: 'missingKey' });
  const refused: readonly RawCell[] = ['1.2E+12', 'x'.repeat(65), 'a\u0007b', '\udc00', malformedCell];
  for (const cell of refused) {
    assert.deepEqual(reader.readKey(cell), { reason: 'invalidKey' });
  }
});
