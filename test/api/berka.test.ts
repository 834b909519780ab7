import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  berkaAccountList,
  berkaAccountsCsv,
  berkaCustomersCsv,
  hasBerkaData,
} from '../../examples/berka/berka-data.ts';
import { packageRoot } from '../../src/lib/package-root.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { accountCounts, loadAccounts } from './account-load-data.ts';

const folder = process.env.ROLLCALL_TEST_BERKA_DIR ?? join(packageRoot(), '..', 'shared', 'data', 'berka');
const skip = hasBerkaData(folder) ? false : `the Berka data set is not in ${folder}`;

/** In the order of the law; the last one is the sum. */
const countNames = ['header', 'blank', 'invalid', 'duplicate', 'unmatched', 'ambiguous', 'matched', 'line'];

describe('the Berka data set', { skip }, () => {
  forEachEngine((engine) => {
    test('4,500 account ids give exactly the figures of its README', async () => {
      await using bank = await startTestApp(engine);
      await loadCsv(bank, berkaCustomersCsv(folder), { insertedCount: 5_369, ignoreColumns: 'gender' });
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

    test('filters answer three questions as hand-written SQL over the file does', async () => {
      await using bank = await startTestApp(engine);
      const attribute = { name: 'gender', dataType: 'enumeration', constraints: { choices: ['female', 'male'] } };
      const defined = await bank.send({ method: 'POST', url: '/service/customerAttributes', json: attribute });
      await loadCsv(bank, berkaCustomersCsv(folder), { insertedCount: 5_369 });
      await loadAccounts(bank, berkaAccountsCsv(folder).trim().split('\n'));
      const leaf = (name: string, operator: string, ...values: (string | number)[]) => ({
        filterType: { name },
        operator,
        values,
      });
      const bornBefore1950 = leaf('customerAge', 'greaterThan', new Date().getUTCFullYear() - 1950);
      const questions = [
        {
          what: 'women born before 1950 in Prague with a loan',
          filters: [
            leaf('gender', 'equals', 'female'),
            bornBefore1950,
            leaf('regionCode', 'equals', 'Prague'),
            leaf('productType', 'equals', 'loan'),
          ],
          condition: `attributes->>$1 = 'female' and birth_year < 1950 and region_code = 'Prague'
            and exists (select from account a where a.ordinal = c.ordinal and product_type = 'loan' and closed_on is null)`,
        },
        {
          what: 'men elsewhere with a card or a loan of more than 100,000',
          filters: [
            leaf('gender', 'equals', 'male'),
            leaf('regionCode', 'notEquals', 'Prague'),
            { anyOf: [leaf('productType', 'equals', 'creditCard'), leaf('totalLoans', 'greaterThan', 100_000)] },
          ],
          condition: `attributes->>$1 = 'male' and region_code <> 'Prague' and (
            exists (select from account a where a.ordinal = c.ordinal and product_type = 'creditCard' and closed_on is null)
            or (select sum(balance) from account a where a.ordinal = c.ordinal and product_type = 'loan'
              and closed_on is null) > 10000000)`,
        },
        {
          what: 'Moravians whose first account is of 1993, without a card',
          filters: [
            leaf('regionCode', 'contains', 'moravia'),
            leaf('oldestAccountOpenedOn', 'between', '1993-01-01', '1993-12-31'),
            { not: leaf('productType', 'in', 'creditCard') },
          ],
          condition: `region_code ilike '%moravia%'
            and (select min(opened_on) from account a where a.ordinal = c.ordinal and closed_on is null)
              between '1993-01-01' and '1993-12-31'
            and not exists (select from account a where a.ordinal = c.ordinal and product_type = 'creditCard'
              and closed_on is null)`,
        },
      ];
      for (const { what, filters, condition } of questions) {
        const expected = await bank.database.inInstitution(institutionId, async (tx) => {
          const { rows } = await tx.client.query<{ count: number }>(
            `select count(*)::integer as count from customer c where $1::text is not null and ${condition}`,
            [defined.json().id],
          );
          return rows[0]?.count ?? 0;
        });
        const url = '/service/customerAudienceEstimates';
        const estimate = await bank.send({ method: 'POST', url, json: { filters } });
        assert.equal(estimate.json().customerCount, expected, what);
        assert.ok(expected > 0, what);
      }
    });

    test('products, gender and region answer who is a woman born before 1950 in Prague with a loan', async () => {
      await using bank = await startTestApp(engine);
      const attribute = { name: 'gender', dataType: 'enumeration', constraints: { choices: ['female', 'male'] } };
      const defined = await bank.send({ method: 'POST', url: '/service/customerAttributes', json: attribute });
      await loadCsv(bank, berkaCustomersCsv(folder), { insertedCount: 5_369 });
      const load = await loadAccounts(bank, berkaAccountsCsv(folder).trim().split('\n'));
      // Accounts, loans and cards.
      assert.deepEqual(accountCounts(load), [4_500 + 682 + 892, 0, 0, 0, 0]);
      const count = async (condition: string) =>
        await bank.database.inInstitution(institutionId, async (tx) => {
          const { rows } = await tx.client.query<{ count: number }>(
            `select count(*)::integer as count from customer c join customer_measure m using (institution_id, ordinal)
              where ($1::text is not null) and ${condition}`,
            [defined.json().id],
          );
          return rows[0]?.count;
        });
      // Running loans are those of status C and D; cards are never returned in the data.
      assert.equal(await count('product_types & 16 <> 0'), 403 + 45);
      assert.equal(await count('product_types & 32 <> 0'), 892);
      assert.equal(await count('product_types & 2 <> 0'), 5_369);
      assert.equal(
        await count(`attributes->>$1 = 'female' and birth_year < 1950 and region_code = 'Prague'
          and product_types & 16 <> 0`),
        3,
      );
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
