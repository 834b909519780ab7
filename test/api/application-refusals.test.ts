import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scopes } from '../../src/modules/access/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { applicationCalls, url } from './application-data.ts';

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(() => bank.close());

  const { auditOf, clientOf, get, make, patch, post, seed, tagOf } = applicationCalls(() => bank);

  test('no application changes its own roles, as nobody changes their own', async () => {
    const { token, principalId } = await bank.createPrincipal({ scopes, roles: ['administrator'] });
    const refused = await patch(principalId, { roles: ['administrator', 'exporter'] }, { token });
    assert.equal(refused.statusCode, 403, refused.body);
    assert.deepEqual((await clientOf(principalId)).roles, ['administrator']);
    const [entry] = (await auditOf(principalId)).filter(({ outcome }) => outcome === 'denied');
    assert.equal(entry?.operation, 'patchApplication');
    assert.equal((await patch(principalId, { name: 'My new name' }, { token })).statusCode, 200);
    assert.equal((await patch(principalId, { roles: ['administrator', 'exporter'] })).statusCode, 200, 'another may');
  });

  test('who tries to change what another institution manages is in the audit trail', async () => {
    const { id } = await seed({ institutionId: otherInstitutionId, institutionIds: [institutionId] });
    const tag = String((await get(url(id))).headers.etag);
    const headers = { 'if-match': tag };
    const tried = [
      await patch(id, { name: 'x' }),
      await bank.send({ method: 'DELETE', url: url(id), headers }),
      await post(url(id, '/secrets')),
      await post(url(id, '/apiKey?dryRun=true')),
      await post(`/service/disabledApplications?application=${id}`),
    ];
    for (const answer of tried) assert.equal(answer.statusCode, 403, answer.body);
    const denied = (await auditOf(id)).filter(({ outcome }) => outcome === 'denied');
    assert.deepEqual(
      denied.map((entry) => [entry.institution_id, entry.operation]),
      ['patchApplication', 'deleteApplication', 'createApplicationSecret', 'createApiKey', 'disableApplication'].map(
        (operation) => [institutionId, operation],
      ),
    );
  });

  test('the end of earlier tokens is never moved back, whatever the clocks of two servers say', async () => {
    const id = await make({ roles: ['viewer', 'analyst'] });
    const later = new Date(bank.clock.now().getTime() + 3_600_000);
    await bank.database.asOperator((tx) =>
      tx.db.updateTable('application').set({ tokens_valid_after: later }).where('id', '=', id).execute(),
    );
    assert.equal((await patch(id, { roles: ['viewer'] })).statusCode, 200);
    assert.deepEqual((await clientOf(id)).tokensValidAfter, later);
    assert.ok((await tagOf(id)) !== '');
  });
});
