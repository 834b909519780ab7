import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { type AudienceModel, editModel, leftVersion, modelAudience } from './audience-model.ts';
import { giveCustomers, plainCustomers } from './import-data.ts';

const customers = 12;

forEachEngine((engine) => {
  let bank: TestApp;
  let ids: string[];
  before(async () => {
    bank = await startTestApp(engine);
    ids = await giveCustomers(bank, plainCustomers(customers));
  });
  after(() => bank.close());

  const explain = async (audienceId: string, customer: number | string, token?: string) => {
    const customerId = typeof customer === 'string' ? customer : ids[customer];
    const url = `/service/customerAudiences/${audienceId}/customers/${customerId}/explanation`;
    return await bank.send({ method: 'GET', url, ...(token === undefined ? {} : { token }) });
  };
  /** Every customer is explained as the model has it. */
  const checkAll = async (model: AudienceModel) => {
    const present = model.versions.at(-1);
    for (let customer = 0; customer < customers; customer += 1) {
      const answer = await explain(model.id, customer);
      assert.equal(answer.statusCode, 200, answer.body);
      const { sinceAt, leftAt, ...said } = answer.json();
      const known = { id: ids[customer], version: model.versions.length };
      const origin = present?.get(customer);
      const left = leftVersion(model, customer);
      if (origin !== undefined) {
        const { version: sinceVersion, importId, line: recordNumber } = origin;
        assert.deepEqual(said, { ...known, member: true, sinceVersion, import: importId, recordNumber });
        assert.match(sinceAt, /Z$/);
      } else {
        assert.deepEqual(said, { ...known, member: false, ...(left === undefined ? {} : { leftVersion: left }) });
        assert.equal(leftAt === undefined, left === undefined);
      }
    }
  };

  test('the list and line that brought each member, and with which version others left', async () => {
    const some = fc.shuffledSubarray(
      Array.from({ length: customers }, (_none, index) => index),
      { minLength: 1 },
    );
    const edit = fc.record({ mode: fc.constantFrom('add', 'remove', 'replace'), customers: some });
    await fc.assert(
      fc.asyncProperty(some, fc.array(edit, { maxLength: 5 }), async (first, edits) => {
        const model = await modelAudience(bank, first);
        for (const one of edits) await editModel(bank, model, one);
        await checkAll(model);
        await bank.database.asOperator((tx) =>
          tx.client.query('update audience_version set added = null, removed = null where audience_id = $1', [
            model.id,
          ]),
        );
        await checkAll(model);
      }),
      { numRuns: 6 },
    );
  });

  test('whoever cannot see the audience or the customer learns nothing', async () => {
    const { id } = await modelAudience(bank, [0, 1]);
    assert.equal((await explain(id, 0, bank.tokens.other)).statusCode, 404);
    assert.equal((await explain(id, 'f'.repeat(20))).statusCode, 404);
    assert.equal((await explain('f'.repeat(20), 0)).statusCode, 404);
    assert.equal((await explain(id, 'a b')).statusCode, 404);
    const administrator = await bank.createToken({ scopes: ['bankingAdmin/read'], roles: ['administrator'] });
    assert.equal((await explain(id, 0, administrator)).statusCode, 403);
    const stranger = await bank.createToken({ kind: 'person', scopes: ['bankingAdmin/read'], roles: ['analyst'] });
    assert.equal((await explain(id, 0, stranger)).statusCode, 404);
  });

  test('an erased customer is not in the base: 404, though old versions have its number', async () => {
    const [gone = ''] = await giveCustomers(bank, [
      { coreCustomerId: 'GOING', identifiers: { taxIdNumber: ['800000001'] } },
    ]);
    const { id } = await modelAudience(bank, [0]);
    assert.equal((await explain(id, gone)).json().member, false);
    await bank.send({ method: 'DELETE', url: `/service/customers/${gone}` });
    assert.equal((await explain(id, gone)).statusCode, 404);
  });

  test('no value stands in an explanation', async () => {
    const { id } = await modelAudience(bank, [0]);
    const answer = await explain(id, 0);
    assert.ok(!answer.body.includes('900000001'));
    assert.match(String(answer.headers['cache-control']), /no-store/);
  });
});
