import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRowWriter, exportFileName } from './member-rows.ts';

const customer = {
  id: 'a1',
  coreCustomerId: 'C1',
  customerType: 'retail',
  givenName: 'Ann "A", jr.',
  emailAddress: 'a***@example.com',
} as const;

test('CSV has the columns of the API and quotes what must be quoted', () => {
  const writer = createRowWriter({ format: 'csv', revealed: false, forSpreadsheet: false });
  assert.match(writer.head, /^id,coreCustomerId,.*,customerSince\r\n$/);
  assert.equal(writer.rows([customer]), 'a1,C1,retail,"Ann ""A"", jr.",,,a***@example.com,,,,,\r\n');
});

test('only revealed members have a tax id and account numbers', () => {
  const writer = createRowWriter({ format: 'csv', revealed: true, forSpreadsheet: false });
  assert.match(writer.head, /taxIdNumber,accountNumbers\r\n$/);
  const rows = writer.rows([{ ...customer, taxIdNumber: '961234567', accountNumbers: ['1', '2'] }]);
  assert.match(rows, /,961234567,1\|2\r\n$/);
});

test('JSON Lines are the members as they were told', () => {
  const writer = createRowWriter({ format: 'jsonl', revealed: false, forSpreadsheet: true });
  assert.equal(writer.head, '');
  assert.equal(writer.rows([customer, customer]), `${JSON.stringify(customer)}\n`.repeat(2));
});

test('a cell that a spreadsheet would run gets an apostrophe, and is counted; a telephone number is none', () => {
  const writer = createRowWriter({ format: 'csv', revealed: true, forSpreadsheet: true });
  const risky = { ...customer, givenName: '=HYPERLINK("x")', familyName: '-1+1', phoneNumber: '+15551234567' };
  const rows = writer.rows([risky]);
  assert.ok(rows.includes(`"'=HYPERLINK(""x"")",'-1+1,`), rows);
  assert.ok(rows.includes(',+15551234567,'));
  assert.equal(writer.changedCount(), 2);
});

test('a file name has nothing that a file system refuses', () => {
  assert.equal(exportFileName({ name: 'Checking, no loan', version: 2, format: 'csv' }), 'checking-no-loan-v2.csv');
  assert.equal(exportFileName({ name: '../../日本', version: 1, format: 'jsonl' }), 'audience-v1.jsonl');
});
