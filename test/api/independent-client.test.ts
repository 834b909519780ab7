import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as client from 'openid-client';
import { forEachEngine } from '../support/engines.ts';
import { giveCustomers } from './import-data.ts';
import { type IssuerBank, startIssuer } from './issuer-client.ts';

interface ImportedAudience {
  readonly id: string;
  readonly customerCount: number;
  readonly createdBy: string;
  readonly import: { readonly matchedCount: number; readonly unmatchedCount: number };
}

forEachEngine((engine) => {
  let bank: IssuerBank;
  before(async () => {
    bank = await startIssuer(engine);
  });
  after(() => bank[Symbol.asyncDispose]());

  test('a machine gets a token by client credentials, imports a list over HTTP and reads its members', async () => {
    const ids = await giveCustomers(bank.bank, [
      { coreCustomerId: 'CORE-1', identifiers: { taxIdNumber: ['960000001'] } },
      { coreCustomerId: 'CORE-2', identifiers: { taxIdNumber: ['960000002'] } },
    ]);
    const application = await bank.createApplication({ roles: ['analyst'] }, { apiKey: true });
    const config = await bank.discover(application.id, client.ClientSecretBasic(application.secret));
    const { access_token: token } = await client.clientCredentialsGrant(config, {
      scope: 'bankingAdmin/read bankingAdmin/write',
    });
    const send = async (path: string, init: RequestInit = {}) =>
      await fetch(`${bank.base}${path}`, {
        ...init,
        headers: {
          authorization: `Bearer ${token}`,
          'api-key': application.apiKey ?? '',
          'content-type': 'application/json',
        },
      });

    const list = { identifierType: 'taxIdNumber', name: 'By a machine', fileName: 'list.txt' };
    const content = Buffer.from('960000001\n960-00-0002\n960000003\n').toString('base64');
    const imported = await send('/service/importedCustomerAudiences', {
      method: 'POST',
      body: JSON.stringify({ ...list, content }),
    });
    const audience: ImportedAudience = JSON.parse(await imported.text());
    assert.equal(imported.status, 201, JSON.stringify(audience));
    assert.equal(audience.customerCount, 2);
    assert.equal(audience.createdBy, application.id);
    assert.deepEqual([audience.import.matchedCount, audience.import.unmatchedCount], [2, 1]);

    const members = await send(`/service/customerAudiences/${audience.id}/customerIds`);
    const page: { items: string[] } = JSON.parse(await members.text());
    assert.deepEqual(page.items, ids);
  });
});
