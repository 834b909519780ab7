import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Scope, scopes } from '../../src/modules/access/index.ts';
import { listAdministered } from '../../src/modules/applications/administrator-store.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { applicationCalls, applications, machine, portal, rsaKey, url } from './application-data.ts';

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(() => bank.close());

  const { auditOf, clientOf, get, holds, make, patch, post, remove, seed, tagOf } = applicationCalls(() => bank);

  test('nobody hands out scopes that the own token lacks', async () => {
    const held: Scope[] = ['bankingAdmin/read', 'bankingAdmin/write'];
    const token = await bank.createToken({ scopes: held });
    const strong = await make({ scopes: ['identity/read', 'bankingAdmin/read'] });
    const withKey = await make({ scopes: ['identity/read'] });
    await post(url(withKey, '/apiKey'));
    const attempts = [
      post(applications, { ...machine, scopes: ['identity/read'] }, { token }),
      patch(strong, { roles: ['exporter'] }, { token }),
      patch(strong, { scopes: ['identity/read', 'bankingAdmin/write'] }, { token }),
      post(url(strong, '/secrets'), undefined, { token }),
      post(url(strong, '/apiKey'), undefined, { token }),
      post(`/service/activeApplications?application=${strong}`, undefined, { token }),
      post(`/service/activeApiKeys?application=${withKey}`, undefined, { token }),
      patch(strong, { clientAuthentication: 'private_key_jwt', jwks: { keys: [rsaKey()] } }, { token }),
    ];
    for (const [index, answer] of (await Promise.all(attempts)).entries()) {
      assert.equal(answer.statusCode, 403, `${index}: ${answer.body}`);
      assert.deepEqual(answer.json().attributes, { scopes: ['identity/read'] });
    }
    const denied = (await auditOf(strong)).filter(({ outcome }) => outcome === 'denied');
    assert.equal(denied.length, 6, 'each attempt is in the audit trail');
    // What takes away, or changes no right, needs no more than the role.
    assert.equal((await patch(strong, { name: 'Renamed' }, { token })).statusCode, 200);
    assert.equal((await patch(strong, { scopes: ['identity/read'] }, { token })).statusCode, 200);
    assert.equal(
      (await post(`/service/disabledApplications?application=${strong}`, undefined, { token })).statusCode,
      200,
    );
    assert.equal((await post(applications, { ...machine, scopes: held }, { token })).statusCode, 201);
  });

  test('nobody hands out institutions in which they are no administrator, whether these exist or not', async () => {
    for (const other of [otherInstitutionId, 'NOWHERE']) {
      const answer = await post(applications, { ...machine, institutions: [institutionId, other] });
      assert.equal(answer.statusCode, 403, answer.body);
      assert.deepEqual(answer.json().attributes, { institutions: [other] });
    }
    const id = await make();
    assert.equal((await patch(id, { institutions: [institutionId, otherInstitutionId] })).statusCode, 403);
    assert.equal((await patch(id, { institutions: [otherInstitutionId] })).statusCode, 422);
  });

  test('an application of two institutions gives the administrator of one no way into the other', async () => {
    const { id, secret } = await seed({ institutionIds: [otherInstitutionId] });
    assert.deepEqual((await get(url(id))).json().institutions, [institutionId, otherInstitutionId]);
    const attempts = [
      post(url(id, '/secrets')),
      post(url(id, '/apiKey')),
      patch(id, { roles: ['exporter'] }),
      patch(id, { scopes: ['bankingAdmin/read', 'customers/read'] }),
      post(`/service/activeApiKeys?application=${id}`),
    ];
    for (const answer of await Promise.all(attempts)) {
      assert.equal(answer.statusCode, 403, answer.body);
      assert.deepEqual(answer.json().attributes, { institutions: [otherInstitutionId] });
    }
    assert.equal((await patch(id, { name: 'Shared machine' })).statusCode, 200);
    const entries = (await auditOf(id)).filter((entry) => entry.institution_id === otherInstitutionId);
    assert.deepEqual(
      entries.map(({ operation, detail }) => [operation, detail]),
      [['patchApplication', { changed: ['name'], byInstitution: institutionId }]],
      'the other institution has it in its own audit trail',
    );
    assert.ok(await holds(id, secret ?? ''));
  });

  test('an administrator of both institutions may let an application act for both', async () => {
    for (const kind of ['application', 'person'] as const) {
      const institutionIds = [institutionId, otherInstitutionId];
      const { token, principalId } = await bank.createPrincipal({ institutionIds, scopes, kind });
      const headers = { 'institution-id': institutionId };
      const made = await post(applications, { ...machine, institutions: institutionIds }, { token, headers });
      assert.equal(made.statusCode, 201, made.body);
      assert.deepEqual(made.json().institutions, institutionIds);
      const { id } = made.json();
      assert.equal((await post(url(id, '/secrets'), undefined, { token, headers })).statusCode, 201);
      assert.equal((await get(url(id), bank.tokens.other)).statusCode, 200);
      const only = await make();
      const granted = await patch(only, { institutions: institutionIds }, { token, headers });
      assert.deepEqual([granted.statusCode, granted.json().institutions], [200, institutionIds], granted.body);
      const entries = (await auditOf(only)).filter((entry) => entry.institution_id === otherInstitutionId);
      assert.deepEqual(
        entries.map(({ operation }) => operation),
        ['patchApplication'],
      );

      // The role in this institution is no role in the other.
      await bank.database.asOperator(async (tx) => {
        if (kind === 'person') {
          await tx.db
            .updateTable('user_grant')
            .set({ roles: ['viewer'] })
            .where('user_account_id', '=', principalId)
            .where('institution_id', '=', otherInstitutionId)
            .execute();
        } else {
          await tx.db
            .deleteFrom('application_grant')
            .where('application_id', '=', principalId)
            .where('institution_id', '=', otherInstitutionId)
            .execute();
        }
      });
      const refused = await post(url(id, '/secrets'), undefined, { token, headers });
      assert.equal(refused.statusCode, 403, refused.body);
    }
  });

  test('a person is an administrator only where the application of the sign-in may act too', async () => {
    const institutionIds = [institutionId, otherInstitutionId];
    const { principalId } = await bank.createPrincipal({ institutionIds, scopes, kind: 'person' });
    for (const [granted, expected] of [
      [[institutionId], []],
      [institutionIds, [otherInstitutionId]],
    ] as const) {
      const { id: applicationId } = await seed({
        institutionIds: granted,
        authenticationType: 'authorizationCode',
        redirectUris: portal.redirectUris,
      });
      const principal = { kind: 'person', id: principalId, applicationId } as const;
      const administered = await bank.database.inAuthentication((tx) =>
        listAdministered(tx, principal, [otherInstitutionId]),
      );
      assert.deepEqual(administered, expected);
    }
  });

  test('what is taken away is gone with the next call', async () => {
    const institutionIds = [institutionId, otherInstitutionId];
    const settings = '/service/identifierTypes';
    const acting = async () => {
      const { token, applicationId } = await bank.createPrincipal({ institutionIds, scopes: ['bankingAdmin/read'] });
      const call = async (more: Record<string, string> = {}, institution = institutionId) =>
        (await bank.send({ url: settings, token, headers: { 'institution-id': institution, ...more } })).statusCode;
      // What is read within the second of the issue is not kept, the rest for some seconds.
      bank.clock.advance(2_000);
      assert.deepEqual([await call(), await call({}, otherInstitutionId)], [200, 200]);
      return { id: applicationId, call };
    };
    const takes: ((id: string) => Promise<{ statusCode: number; body: string }>)[] = [
      (id) => post(`/service/disabledApplications?application=${id}`),
      async (id) => remove(url(id), bank.tokens.own, { 'if-match': await tagOf(id) }),
      (id) => patch(id, { scopes: [] }),
      (id) => patch(id, { roles: [] }),
    ];
    for (const [index, take] of takes.entries()) {
      const { id, call } = await acting();
      const taken = await take(id);
      assert.ok(taken.statusCode < 300, taken.body);
      assert.ok([401, 403].includes(await call()), `take ${index}`);
    }
    const withdrawn = await acting();
    await remove(url(withdrawn.id, `/institutions/${otherInstitutionId}`), bank.tokens.other);
    assert.equal(await withdrawn.call({}, otherInstitutionId), 403);

    const { id, call } = await acting();
    await remove(url(id, `/institutions/${otherInstitutionId}`), bank.tokens.other);
    const { apiKey } = (await post(url(id, '/apiKey'))).json();
    assert.deepEqual([await call(), await call({ 'api-key': apiKey })], [401, 200]);
    await post(`/service/disabledApiKeys?application=${id}`);
    assert.deepEqual([await call({ 'api-key': apiKey }), await call()], [401, 401]);
  });

  test('an application of another home is seen, not changed, and its grant can be withdrawn', async () => {
    const { id } = await seed({ name: 'From elsewhere', institutionIds: [otherInstitutionId] });
    const token = bank.tokens.other;
    const seen = (await get(url(id), token)).json();
    assert.deepEqual(
      [seen.name, seen.homeInstitution, seen.institutions],
      ['From elsewhere', institutionId, [otherInstitutionId]],
      'who else uses it is not told',
    );
    const listed = (await get(`${applications}?name=from elsewhere`, token)).json().items;
    assert.deepEqual(listed, [seen]);
    const answers = [
      await bank.send({ method: 'PATCH', url: url(id), json: { name: 'x' }, token, headers: { 'if-match': '*' } }),
      await remove(url(id), token, { 'if-match': '*' }),
      await post(url(id, '/secrets'), undefined, { token }),
      await get(url(id, '/secrets'), token),
      await post(url(id, '/apiKey'), undefined, { token }),
      await post(`/service/disabledApplications?application=${id}`, undefined, { token }),
      await post(`/service/disabledApiKeys?application=${id}`, undefined, { token }),
    ];
    for (const answer of answers) {
      assert.equal(answer.statusCode, 403, answer.body);
      assert.match(answer.json().detail, /Another institution manages/);
    }
    const grant = (institution: string) => url(id, `/institutions/${institution}`);
    assert.equal((await remove(grant(institutionId), token)).statusCode, 404);
    const before = await tagOf(id);
    assert.equal((await remove(`${grant(otherInstitutionId)}?dryRun=true`, token)).statusCode, 204);
    assert.equal((await remove(grant(otherInstitutionId), token)).statusCode, 204);
    assert.equal((await get(url(id), token)).statusCode, 404);
    assert.equal((await remove(grant(otherInstitutionId), token)).statusCode, 404);
    assert.notEqual(await tagOf(id), before, 'the home sees that it has changed');
    assert.deepEqual((await clientOf(id)).institutionIds, [institutionId]);
    const entries = await auditOf(id);
    assert.equal(entries.filter(({ outcome }) => outcome === 'denied').length, 6, 'what was tried in vain');
    const operations = entries
      .filter(({ outcome }) => outcome !== 'denied')
      .map((entry) => `${entry.institution_id} ${entry.operation} ${entry.outcome}`);
    assert.deepEqual(operations.toSorted(), [
      `${institutionId} deleteApplicationInstitution done`,
      `${otherInstitutionId} deleteApplicationInstitution done`,
      `${otherInstitutionId} deleteApplicationInstitution preview`,
    ]);
  });

  test('the home withdraws a grant too, but not its own', async () => {
    const { id } = await seed({ institutionIds: [otherInstitutionId] });
    assert.equal((await remove(url(id, `/institutions/${institutionId}`))).statusCode, 422);
    assert.equal((await remove(url(id, '/institutions/NOWHERE'))).statusCode, 404);
    assert.equal((await remove(url(id, `/institutions/${otherInstitutionId}`))).statusCode, 204);
    assert.equal((await get(url(id), bank.tokens.other)).statusCode, 404);
    assert.equal((await post(url(id, '/secrets'))).statusCode, 201, 'now it is ours alone');
  });

  test('another institution finds nothing of an application that is not granted to it', async () => {
    const id = await make();
    const { id: secretId } = (await post(url(id, '/secrets'))).json();
    const token = bank.tokens.other;
    const answers = [
      await get(url(id), token),
      await get(url(id, '/secrets'), token),
      await bank.send({ method: 'PATCH', url: url(id), json: { name: 'x' }, token, headers: { 'if-match': '*' } }),
      await remove(url(id), token, { 'if-match': '*' }),
      await post(url(id, '/secrets'), undefined, { token }),
      await remove(url(id, `/secrets/${secretId}`), token),
      await post(url(id, '/apiKey'), undefined, { token }),
      await post(`/service/disabledApplications?application=${id}`, undefined, { token }),
      await post(`/service/activeApiKeys?application=${id}`, undefined, { token }),
      await remove(url(id, `/institutions/${otherInstitutionId}`), token),
    ];
    for (const answer of answers) assert.equal(answer.statusCode, 404, answer.body);
    const listed = (await get(`${applications}?limit=1000`, token)).json().items;
    assert.ok(!listed.some((item: { id: string }) => item.id === id));
  });
});
