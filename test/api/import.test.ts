import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startTestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';

forEachEngine((engine) => {
  test('a list without customers is refused, and its ledger stays', async () => {
    await using bank = await startTestApp(engine);
    const answer = await bank.send({
      method: 'POST',
      url: '/service/importedCustomerAudiences',
      json: {
        identifierType: 'taxIdNumber',
        content: Buffer.from('900000001\n900000002\n\n900000001\nabc').toString('base64'),
        name: 'First',
        fileName: 'first.csv',
      },
    });
    console.log(answer.statusCode, answer.body, bank.log.join(''));
  });
});
