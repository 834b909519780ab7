import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scopes } from '../../src/modules/access/index.ts';
import { addApplication } from '../../src/modules/applications/index.ts';
import { apiAudience, issuerPath } from '../../src/modules/issuer/index.ts';
import { createOperatorPeople } from '../../src/modules/people/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { makeAccount, trailOf } from './people-data.ts';

/** Whoever gets in as somebody can do what they can: with every scope, at the portal. */
forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(() => bank.close());

  const lend = (id: string, token: string, dryRun = false) => [
    () => bank.send({ method: 'POST', url: `/service/userAccounts/${id}/signInLinks?dryRun=${dryRun}`, token }),
    () => bank.send({ method: 'DELETE', url: `/service/userAccounts/${id}/secondFactor?dryRun=${dryRun}`, token }),
  ];

  test('an application with few scopes gets nobody’s sign-in link: at the portal that person has all', async () => {
    const { id } = await makeAccount(bank, { roles: ['exporter'] });
    const few = ['bankingAdmin/read', 'bankingAdmin/write'] as const;
    for (const kind of ['application', 'person'] as const) {
      const { token, principalId } = await bank.createPrincipal({ kind, scopes: few, roles: ['administrator'] });
      for (const dryRun of [true, false]) {
        for (const ask of lend(id, token, dryRun)) {
          const answer = await ask();
          assert.equal(answer.statusCode, 403, answer.body);
          const { scopes: missing } = answer.json().attributes;
          assert.deepEqual(missing, ['identity/read', 'customers/read', 'customers/write']);
          const last = (await trailOf(bank, id)).at(-1);
          assert.deepEqual([last?.outcome, last?.principal_id], ['denied', principalId]);
        }
      }
    }
    const { token } = await bank.createPrincipal({ scopes, roles: ['administrator'] });
    assert.deepEqual(
      (await Promise.all(lend(id, token).map((ask) => ask()))).map(({ statusCode }) => statusCode),
      [201, 204],
    );
  });

  test('through an application of one institution nobody who acts for two is lent', async () => {
    const both = [institutionId, otherInstitutionId];
    const administrator = await bank.createPrincipal({
      kind: 'person',
      scopes,
      roles: ['administrator'],
      institutionIds: both,
    });
    const { id, loginName } = await makeAccount(bank);
    await createOperatorPeople(bank).setRoles(loginName, { institutionId: otherInstitutionId, roles: ['exporter'] });
    const tokenThrough = async (institutionIds: readonly string[]) => {
      const application = await bank.database.asOperator((tx) =>
        addApplication(tx, {
          institutionId,
          institutionIds,
          name: 'For people',
          authenticationType: 'authorizationCode',
          redirectUris: ['https://client.example/callback'],
          scopes,
          at: bank.clock.now(),
          by: 'test',
        }),
      );
      const signedIn = { auth_time: Math.floor(bank.clock.now().getTime() / 1_000), amr: ['pwd', 'otp', 'mfa'] };
      const claims = {
        sub: administrator.principalId,
        client_id: application.id,
        scope: scopes.join(' '),
        ...signedIn,
      };
      const iss = `http://127.0.0.1:8787${issuerPath}`;
      return await bank.signer.sign({ ...claims, iss, aud: apiAudience }, { expiresInSeconds: 600 });
    };
    const headers = { 'institution-id': institutionId };
    const link = async (token: string) =>
      (await bank.send({ method: 'POST', url: `/service/userAccounts/${id}/signInLinks`, token, headers })).statusCode;
    assert.equal(await link(await tokenThrough([institutionId])), 403);
    assert.equal(await link(await tokenThrough(both)), 201);
    assert.equal(await link(administrator.token), 201, 'the portal acts wherever the person may');
  });

  test('who asks for what another institution manages is in the audit trail', async () => {
    const { id, loginName } = await makeAccount(bank);
    await createOperatorPeople(bank).setRoles(loginName, { institutionId: otherInstitutionId, roles: ['analyst'] });
    const token = bank.tokens.other;
    const headers = { 'if-match': '*' };
    const tried = [
      await bank.send({ method: 'PATCH', url: `/service/userAccounts/${id}`, json: { name: 'x' }, headers, token }),
      await bank.send({ method: 'POST', url: `/service/userAccounts/${id}/endedSessions`, token }),
      await bank.send({ method: 'POST', url: `/service/disabledUserAccounts?userAccount=${id}`, token }),
    ];
    for (const answer of tried) assert.equal(answer.statusCode, 403, answer.body);
    const denied = (await trailOf(bank, id)).filter(({ outcome }) => outcome === 'denied');
    assert.deepEqual(
      denied.map(({ operation }) => operation),
      ['patchUserAccount', 'endUserSessions', 'disableUserAccount'],
    );
  });

  test('who tries login names that others have is in the audit trail, without the name', async () => {
    const taken = await makeAccount(bank);
    const administrator = await bank.createPrincipal({
      institutionId: otherInstitutionId,
      scopes,
      roles: ['administrator'],
    });
    const own = await makeAccount(bank, { token: administrator.token });
    const json = { loginName: taken.loginName, name: 'x', roles: [] };
    const url = '/service/userAccounts';
    for (const query of ['', '?dryRun=true']) {
      const made = await bank.send({ method: 'POST', url: `${url}${query}`, json, token: administrator.token });
      assert.equal(made.statusCode, 409, made.body);
      const renamed = await bank.send({
        method: 'PATCH',
        url: `${url}/${own.id}${query}`,
        json: { loginName: taken.loginName },
        headers: { 'if-match': '*' },
        token: administrator.token,
      });
      assert.equal(renamed.statusCode, 409, renamed.body);
    }
    const entries = await bank.database.asOperator((tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select(['operation', 'outcome', 'detail'])
        .where('principal_id', '=', administrator.principalId)
        .where('outcome', '=', 'refused')
        .orderBy('sequence')
        .execute(),
    );
    assert.deepEqual(
      entries.map(({ operation }) => operation),
      ['createUserAccount', 'patchUserAccount', 'createUserAccount', 'patchUserAccount'],
    );
    assert.ok(!JSON.stringify(entries).includes(taken.loginName));
  });
});
