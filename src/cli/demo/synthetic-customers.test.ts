import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { createCanonicaliser } from '../../modules/identifiers/index.ts';
import { demoList } from './demo-list.ts';
import { syntheticAccounts } from './synthetic-accounts.ts';
import { syntheticColumns, syntheticCustomer, syntheticCustomers } from './synthetic-customers.ts';
import { syntheticTaxId, syntheticTaxIdsMax } from './synthetic-tax-ids.ts';

const count = 20_000;

test('the same count and seed give the same bytes, and a longer file begins with the shorter one', () => {
  const text = (options: { count: number; seed?: number }) => Buffer.concat([...syntheticCustomers(options)]);
  const file = text({ count: 5_000 });
  assert.deepEqual(text({ count: 5_000 }), file);
  assert.ok(text({ count: 7_001 }).subarray(0, file.length).equals(file));
  assert.ok(!text({ count: 5_000, seed: 1 }).equals(file));
  assert.equal(file.toString().split('\n').length, 5_002);
  assert.equal(file.toString().split('\n')[0], syntheticColumns.join(','));
  // The documentation quotes customers of this file: it must not change by accident.
  assert.equal(
    createHash('sha256').update(file).digest('hex'),
    'e984a9c94c75992066775f3b18143813e72b6e56d8d8a25a76e9f8d2beabda56',
  );
});

test('every identifier is one that the service takes as it is', () => {
  const refused: string[] = [];
  const canonicalisers = {
    taxIdNumber: createCanonicaliser('taxIdNumber', {}),
    emailAddress: createCanonicaliser('emailAddress', {}),
    phoneNumber: createCanonicaliser('phoneNumber', { defaultCountry: 'US' }),
    username: createCanonicaliser('username', {}),
    accountNumbers: createCanonicaliser('accountNumber', {}),
  };
  for (let index = 0; index < count; index++) {
    const customer = syntheticCustomer(index);
    for (const [column, canonicaliser] of Object.entries(canonicalisers)) {
      const cells = Object.entries(customer).find(([name]) => name === column)?.[1] ?? '';
      for (const cell of cells.split('|').filter((text) => text !== '')) {
        const { reason } = canonicaliser.canonicalise(cell);
        if (reason !== undefined) refused.push(`${column} of ${index}: ${reason}`);
      }
    }
    assert.ok(!Object.values(customer).some((cell) => /[",\n]/.test(cell)), 'no cell needs quotes');
  }
  assert.deepEqual(refused, []);
});

test('tax ids are distinct and of ranges that nobody issues', () => {
  const seen = new Set<string>();
  for (let index = 0; index < 200_000; index++) seen.add(syntheticTaxId(index));
  assert.equal(seen.size, 200_000);
  assert.equal(syntheticTaxId(syntheticTaxIdsMax), syntheticTaxId(0));
  for (const taxId of seen) assert.match(taxId, /^(9[67]\d[0-4]\d{5}|0[789]\d00\d{4})$/);
  assert.ok(
    [...seen].some((taxId) => taxId.startsWith('0')),
    'some begin with the zero that spreadsheets lose',
  );
});

test('the base has what makes a bank hard to match: joint accounts, shared mail, proprietors, gaps', () => {
  const customers = Array.from({ length: count }, (_, index) => syntheticCustomer(index));
  const sharedBy = (column: 'taxIdNumber' | 'emailAddress' | 'accountNumbers') => {
    const cells = customers.flatMap((customer) => customer[column].split('|').filter((cell) => cell !== ''));
    return cells.length - new Set(cells).size;
  };
  assert.ok(sharedBy('accountNumbers') > 2_000);
  assert.ok(sharedBy('emailAddress') > 800);
  assert.ok(sharedBy('taxIdNumber') > 200);
  assert.ok(customers.filter(({ taxIdNumber }) => taxIdNumber === '').length > 200);
  assert.ok(customers.filter(({ customerType }) => customerType === 'business').length > 1_500);
  for (const customer of customers) {
    assert.equal(customer.customerType === 'business', customer.businessName !== '');
    assert.match(customer.emailAddress, /^$|@example\.(com|net|org)$/);
    assert.match(customer.phoneNumber, /^$|^\(\d{3}\) 555-01\d\d$/);
  }
});

test('each account of the customers is in the file of accounts once, with whoever has it', () => {
  const [header = '', ...rows] = Buffer.concat([...syntheticAccounts({ count })])
    .toString()
    .trim()
    .split('\n');
  assert.equal(header, 'accountId,coreCustomerIds,productType,balance,openedOn,closedOn');
  const accounts = new Map(rows.map((row) => [row.split(',')[0] ?? '', row.split(',')]));
  assert.equal(accounts.size, rows.length);
  let ownerCount = 0;
  for (let index = 0; index < count; index++) {
    const { coreCustomerId, accountNumbers, customerSince } = syntheticCustomer(index);
    for (const number of accountNumbers.split('|')) {
      const [, owners = '', , , openedOn = ''] = accounts.get(number) ?? [];
      assert.ok(owners.split('|').includes(coreCustomerId), number);
      assert.ok(openedOn.slice(0, 4) >= customerSince.slice(0, 4));
      ownerCount += 1;
    }
  }
  assert.equal(rows.flatMap((row) => (row.split(',')[1] ?? '').split('|')).length, ownerCount);
  const products = Map.groupBy(rows, (row) => row.split(',')[2]);
  assert.deepEqual([...products.keys()].toSorted(), ['cd', 'checking', 'creditCard', 'ira', 'loan', 'savings']);
  assert.ok([...products.values()].every((ofProduct) => ofProduct.length > 1_000));
});

test('the list of the demo has as many lines as it says, and every kind of line', () => {
  const list = demoList(count);
  const lines = list.text.split('\r\n');
  assert.equal(lines.at(-1), '');
  assert.equal(lines.length - 1, list.lineCount);
  assert.deepEqual(demoList(count), list);
  assert.ok(
    lines.some((line) => /^\d{8}$/.test(line)),
    'a lost zero',
  );
  assert.ok(lines.includes('9.60001E+08'));
});
