import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scopes } from '../../src/modules/access/index.ts';
import { createOperatorPeople } from '../../src/modules/people/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { makeAccount, makePerson, peopleOf, trailOf } from './people-data.ts';

/** Where the operator lets a password be enough for most, some roles need a second factor all the same. */
forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(() => bank.close());

  const validAfterOf = async (id: string) => (await peopleOf(bank).findPerson(id))?.tokensValidAfter.getTime();
  const give = async (id: string, roles: readonly string[], dryRun = false) => {
    bank.clock.advance(1_000);
    const url = `/service/userAccounts/${id}`;
    const answer = await bank.send({
      method: 'PATCH',
      url: `${url}?dryRun=${dryRun}`,
      headers: { 'if-match': '*', 'content-type': 'application/merge-patch+json' },
      json: { roles },
    });
    assert.equal(answer.statusCode, dryRun ? 204 : 200, answer.body);
  };

  test('a role that needs a second factor ends the sessions of who has none', async () => {
    for (const role of ['exporter', 'auditor', 'approver', 'administrator']) {
      const { id } = await makeAccount(bank, { roles: ['viewer'] });
      const begun = await validAfterOf(id);
      await give(id, ['viewer', 'analyst']);
      await give(id, ['viewer', role], true);
      assert.equal(await validAfterOf(id), begun, 'more of the others, and a dry run, end nothing');
      await give(id, ['viewer', 'analyst', role]);
      const ended = await validAfterOf(id);
      assert.ok((ended ?? 0) > (begun ?? 0), role);
      await give(id, ['viewer', 'analyst', role]);
      assert.equal(await validAfterOf(id), ended, 'the same once more ends nothing');
    }
  });

  test('who has a second factor goes on', async () => {
    const { id } = await makePerson(bank, peopleOf(bank));
    const begun = await validAfterOf(id);
    await give(id, ['viewer', 'administrator']);
    assert.equal(await validAfterOf(id), begun);
  });

  test('a role at another institution ends them too, in the trail of the home', async () => {
    const { id, loginName } = await makeAccount(bank, { roles: ['viewer'] });
    const people = createOperatorPeople(bank);
    await people.setRoles(loginName, { institutionId: otherInstitutionId, roles: ['viewer'] });
    const begun = await validAfterOf(id);
    const { token, principalId } = await bank.createPrincipal({
      institutionId: otherInstitutionId,
      scopes,
      roles: ['administrator'],
    });
    bank.clock.advance(1_000);
    const answer = await bank.send({
      method: 'PATCH',
      url: `/service/userAccounts/${id}`,
      headers: { 'if-match': '*', 'content-type': 'application/merge-patch+json' },
      json: { roles: ['viewer', 'exporter'] },
      token,
    });
    assert.equal(answer.statusCode, 200, answer.body);
    assert.ok(((await validAfterOf(id)) ?? 0) > (begun ?? 0));
    const ends = (await trailOf(bank, id)).filter(({ operation }) => operation === 'endSessions');
    assert.deepEqual(
      ends.map(({ outcome, principal_id, detail }) => [outcome, principal_id, detail]),
      [['done', principalId, { reason: 'secondFactor' }]],
    );
    const entry = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('audit_entry').select('institution_id').where('operation', '=', 'endSessions').execute(),
    );
    assert.deepEqual(entry, [{ institution_id: institutionId }]);
  });
});
