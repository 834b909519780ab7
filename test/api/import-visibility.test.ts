import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Role, scopes } from '../../src/modules/access/index.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import type { TestPrincipal } from '../support/test-principals.ts';
import { giveCustomers, importBody, importList, plainCustomers } from './import-data.ts';

forEachEngine((engine) => {
  let bank: TestApp;
  let owner: TestPrincipal;
  let other: TestPrincipal;

  const person = (...roles: Role[]) => bank.createPrincipal({ scopes, roles, kind: 'person' });
  const get = (who: TestPrincipal, url: string) => bank.send({ url, token: who.token });
  const importsOf = async (who: TestPrincipal, query = '') => {
    const page = (await get(who, `/service/customerAudienceImports?limit=1000${query}`)).json();
    assert.equal(page.count, page.items.length, 'count and rows agree');
    return page.items.map((item: { id: string }) => item.id);
  };
  const share = (id: string, who: TestPrincipal, access: string) =>
    bank.send({
      method: 'POST',
      url: `/service/customerAudiences/${id}/collaborators`,
      token: owner.token,
      json: { principalId: who.principalId, access },
    });

  before(async () => {
    bank = await startTestApp(engine);
    await giveCustomers(bank, plainCustomers(10));
    owner = await person('analyst');
    other = await person('analyst');
  });
  after(() => bank.close());

  test('an import is seen by whom made it and by the people of its audience', async () => {
    const made = (await importList(bank, '900000001\nabc', {}, { token: owner.token })).json();
    const id = made.import.id;
    const addresses = ['', '/lines', '/progress'].map((tail) => `/service/customerAudienceImports/${id}${tail}`);
    for (const address of addresses) {
      assert.equal((await get(owner, address)).statusCode, 200, address);
      assert.equal((await get(other, address)).statusCode, 404, address);
    }
    const filter = `&customerAudience=${made.id}`;
    assert.deepEqual(await importsOf(owner, filter), [id]);
    assert.deepEqual(await importsOf(other, filter), []);
    assert.deepEqual(await importsOf(await person('auditor'), filter), [id]);
    await share(made.id, other, 'view');
    for (const address of addresses) assert.equal((await get(other, address)).statusCode, 200, address);
    assert.deepEqual(await importsOf(other, filter), [id]);
  });

  test('what a collaborator imported stays theirs to see when the share ends', async () => {
    const { id: audienceId } = (await importList(bank, '900000001', {}, { token: owner.token })).json();
    await share(audienceId, other, 'edit');
    const { name: _name, ...list } = importBody('900000002', { mode: 'add' });
    const added = await bank.send({
      method: 'POST',
      url: `/service/customerAudiences/${audienceId}/importedCustomers`,
      token: other.token,
      json: list,
    });
    assert.equal(added.statusCode, 200, added.body);
    const importId = added.json().import.id;
    assert.ok((await importsOf(owner)).includes(importId));
    await bank.send({
      method: 'DELETE',
      url: `/service/customerAudiences/${audienceId}/collaborators/${other.principalId}`,
      token: owner.token,
    });
    assert.deepEqual(await importsOf(other, `&customerAudience=${audienceId}`), [importId]);
    assert.equal((await get(other, `/service/customerAudiences/${audienceId}`)).statusCode, 404);
  });

  test('a refused import and a preview are their maker’s alone', async () => {
    const refused = (await importList(bank, '999999999\n1', {}, { token: owner.token })).json().attributes.id;
    assert.equal((await get(owner, `/service/customerAudienceImports/${refused}`)).statusCode, 200);
    assert.equal((await get(other, `/service/customerAudienceImports/${refused}`)).statusCode, 404);
  });

  test('a waiting import is canceled by whom made it or edits its audience', async () => {
    const { id: audienceId } = (await importList(bank, '900000001', {}, { token: owner.token })).json();
    const { name: _name, ...list } = importBody('900000003', { mode: 'add' });
    const waiting = await bank.send({
      method: 'POST',
      url: `/service/customerAudiences/${audienceId}/importedCustomers`,
      token: owner.token,
      json: list,
    });
    const { id } = waiting.json().import;
    // As if its job had not come to it yet.
    await bank.database.asOperator((tx) =>
      tx.db.updateTable('import').set({ state: 'staged' }).where('id', '=', id).execute(),
    );
    const url = `/service/customerAudienceImports/${id}`;
    const cancel = () => bank.send({ method: 'DELETE', url, token: other.token });
    assert.equal((await cancel()).statusCode, 404);
    await share(audienceId, other, 'view');
    assert.equal((await cancel()).statusCode, 403);
    await share(audienceId, other, 'edit');
    assert.equal((await cancel()).statusCode, 204);
    assert.equal((await get(owner, url)).json().state, 'canceled');
  });
});
