import assert from 'node:assert/strict';
import { test } from 'node:test';
import { damageOf, guessType, typeOfName } from './guess-type.ts';

const typeOf = (values: string[], name?: string) => guessType(values, name)?.type;

test('the form of the values tells the type', () => {
  assert.equal(typeOf(['960000001', '96-0000002', '960-00-0003', '"960000004"', '="960000005"']), 'taxIdNumber');
  assert.equal(typeOf(['jane@example.com', 'Joe.Doe@example.org']), 'emailAddress');
  assert.equal(typeOf(['+15551234567', '(202) 555-0123', '202-555-0124', '1 202 555 0125']), 'phoneNumber');
  assert.equal(typeOf(['0399abedfd3d5e10c2aa', '1399abedfd3d5e10c2ab']), 'customerId');
  assert.equal(typeOf(['C00000001', 'C-0000002']), 'coreCustomerId');
  assert.equal(typeOf(['000012345678', '0000-1234-5679', '9876543210']), 'accountNumber');
  assert.equal(typeOf(['JaneDoe', 'joe.doe', 'jd_1']), 'username');
});

test('most values decide; blank ones do not count', () => {
  const guess = guessType(['960000001', '', '  ', 'n/a', '960000002']);
  assert.deepEqual(guess, { type: 'taxIdNumber', because: 'form', fitting: 2, of: 3 });
  assert.equal(guessType(['', ' ']), undefined);
});

test('tax ids that lost their zeros, or were rounded, are still tax ids', () => {
  assert.equal(typeOf(['71000001', '7100002', '9.60001E+08']), 'taxIdNumber');
  assert.equal(typeOf(['71000001', '7100002', '960000001']), 'taxIdNumber');
  assert.equal(typeOf(['71000001', '71000002']), 'accountNumber', 'nothing speaks of nine digits');
});

test('the name of the column decides where the values allow it', () => {
  assert.equal(typeOf(['9600000011', '9600000012'], 'Acct No.'), 'accountNumber');
  assert.equal(typeOf(['2025550123', '2025550124'], 'Mobile'), 'phoneNumber');
  assert.equal(typeOf(['960000001'], 'customerId'), 'coreCustomerId');
  assert.equal(typeOf(['71000001'], 'SSN'), 'taxIdNumber');
  assert.equal(guessType(['960000001'], 'Tax ID')?.because, 'columnName');
  assert.equal(typeOf(['960000001', '960000002'], 'E-mail'), 'taxIdNumber', 'no value is an address');
});

test('what has no form is said to be a guess', () => {
  assert.deepEqual(guessType(['12', '13']), { type: 'accountNumber', because: 'nothingElse', fitting: 0, of: 2 });
  assert.notEqual(typeOf(['2020-01-31', '2021-02-28'], ''), 'taxIdNumber');
});

test('names of columns are read in any writing', () => {
  assert.equal(typeOfName('tax_id_number'), 'taxIdNumber');
  assert.equal(typeOfName('emailAddress'), 'emailAddress');
  assert.equal(typeOfName('Customer No'), 'coreCustomerId');
  assert.equal(typeOfName('Amount'), undefined);
});

test('damage by a spreadsheet is counted', () => {
  assert.deepEqual(damageOf(['71000001', '9.60001E+08', '960000001', '']), { lostZeros: 1, scientific: 1 });
});
