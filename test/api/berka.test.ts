import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { berkaAccountList, berkaCustomersCsv, hasBerkaData } from '../../examples/berka/berka-data.ts';
import { packageRoot } from '../../src/lib/package-root.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';

const folder = process.env.ROLLCALL_TEST_BERKA_DIR ?? join(packageRoot(), '..', 'shared', 'data', 'berka');
const skip = hasBerkaData(folder) ? false : `the Berka data set is not in ${folder}`;

/** In the order of the law; the last one is the sum. */
const countNames = ['header', 'blank', 'invalid', 'duplicate', 'unmatched', 'ambiguous', 'matched', 'line'];

describe('the Berka data set', { skip }, () => {
  forEachEngine((engine) => {
    test('4,500 account ids give exactly the figures of its README', async () => {
      await using bank = await startTestApp(engine);
      await loadCsv(bank, berkaCustomersCsv(folder), { insertedCount: 5_369, ignoreColumns: 'products' });
      const list = berkaAccountList(folder);
      for (const { multipleMatches, customerCount } of [
        { multipleMatches: 'include', customerCount: 5_369 },
        { multipleMatches: 'exclude', customerCount: 3_631 },
      ]) {
        const audience = await importAccounts(bank, { list, multipleMatches });
        assert.equal(audience.customerCount, customerCount, multipleMatches);
        assert.deepEqual(audience.counts, [0, 0, 0, 0, 0, 869, 3_631, 4_500]);
      }
    });
  });
});

forEachEngine((engine) => {
  test('exclude: whom another matched line names is a member all the same', async () => {
    await using bank = await startTestApp(engine);
    const customers = 'coreCustomerId,customerType,accountNumbers\nANN,retail,JOINT|OWN\nBEN,retail,JOINT\n';
    await loadCsv(bank, customers, { insertedCount: 2 });
    const both = await importAccounts(bank, { list: 'JOINT\nOWN\n', multipleMatches: 'exclude' });
    assert.deepEqual(both.counts, [0, 0, 0, 0, 0, 1, 1, 2]);
    assert.equal(both.customerCount, 1, 'Ann by her own account, Ben not by the joint one');
    const all = await importAccounts(bank, { list: 'JOINT\nOWN\n', multipleMatches: 'include' });
    assert.equal(all.customerCount, 2);
  });
});

async function loadCsv(
  bank: TestApp,
  payload: string,
  expected: { insertedCount: number; ignoreColumns?: string },
): Promise<void> {
  const ignore = expected.ignoreColumns === undefined ? '' : `&ignoreColumns=${expected.ignoreColumns}`;
  const reply = await bank.send({
    method: 'POST',
    url: `/service/customerLoads?mode=upsert${ignore}`,
    headers: { 'content-type': 'text/csv' },
    payload,
  });
  assert.equal(reply.statusCode, 201, reply.body);
  const { insertedCount, invalidCount } = reply.json();
  assert.deepEqual([insertedCount, invalidCount], [expected.insertedCount, 0]);
}

async function importAccounts(bank: TestApp, { list, multipleMatches }: { list: string; multipleMatches: string }) {
  const reply = await bank.send({
    method: 'POST',
    url: '/service/importedCustomerAudiences',
    json: {
      identifierType: 'accountNumber',
      name: `Accounts, ${multipleMatches}`,
      fileName: 'accounts.txt',
      multipleMatches,
      content: Buffer.from(list).toString('base64'),
    },
  });
  assert.equal(reply.statusCode, 201, reply.body);
  const { customerCount, import: ledger } = reply.json();
  return { customerCount, counts: countNames.map((name) => ledger[`${name}Count`]) };
}
