import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { JWTPayload } from 'jose';
import { readConfig } from '../../src/config.ts';
import { createSecretText, hashSecretText } from '../../src/lib/secret-text.ts';
import { scopes } from '../../src/modules/access/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { type ForeignIssuer, startForeignIssuer } from '../support/foreign-issuer.ts';
import { seedAudience, seedCustomers } from './audience-data.ts';

const url = '/service/customerAudiences';

forEachEngine((engine) => {
  let foreign: ForeignIssuer;
  let bank: TestApp;

  before(async () => {
    foreign = await startForeignIssuer();
    bank = await startBank(foreign);
  });
  after(async () => {
    await bank.close();
    await foreign[Symbol.asyncDispose]();
  });

  async function startBank(issuer: Pick<ForeignIssuer, 'url' | 'audience'>, settings: Record<string, string> = {}) {
    const config = readConfig({
      ROLLCALL_ISSUER_URL: issuer.url,
      ROLLCALL_ISSUER_AUDIENCE: issuer.audience,
      ...settings,
    });
    return await startTestApp(engine, { config });
  }

  const statusOf = async (token: string, headers: Record<string, string> = {}, at: TestApp = bank) =>
    (await at.send({ url, token, headers })).statusCode;

  const seconds = () => Math.floor(bank.clock.now().getTime() / 1_000);
  const claims = (changes: JWTPayload = {}): JWTPayload => ({
    iss: foreign.url,
    aud: foreign.audience,
    sub: 'alice',
    client_id: 'their-portal',
    scope: scopes.join(' '),
    institutions: [institutionId],
    roles: ['analyst'],
    name: 'Alice',
    iat: seconds(),
    exp: seconds() + 600,
    ...changes,
  });
  const principalOf = async (token: string, at: TestApp = bank) =>
    await at.access.authenticate({
      authorization: `Bearer ${token}`,
      apiKey: undefined,
      institutionId: undefined,
      address: undefined,
    });

  test('a machine of the foreign issuer, by client credentials at its token endpoint', async () => {
    const token = await foreign.machineToken({
      institutions: [institutionId],
      roles: ['analyst', 'unknown'],
      name: 'Batch',
    });
    assert.equal(await statusOf(token), 200);
    const { id, kind, name, applicationId, institutionId: at, roles } = await principalOf(token);
    assert.deepEqual(
      [id, kind, name, applicationId, at],
      [foreign.clientId, 'application', 'Batch', foreign.clientId, institutionId],
    );
    assert.deepEqual([...roles], ['analyst']);
  });

  test('a person of the foreign issuer: institution, roles and scopes are those of the claims', async () => {
    const {
      id,
      kind,
      name,
      roles,
      scopes: granted,
    } = await principalOf(
      await foreign.sign(claims({ scope: 'openid bankingAdmin/read', roles: ['viewer', 'auditor'] })),
    );
    assert.deepEqual(
      [id, kind, name, [...roles], [...granted]],
      ['alice', 'person', 'Alice', ['viewer', 'auditor'], ['bankingAdmin/read']],
    );
    const both = await foreign.sign(claims({ institutions: [institutionId, otherInstitutionId] }));
    assert.equal(await statusOf(both), 400);
    assert.equal(await statusOf(both, { 'institution-id': otherInstitutionId }), 200);
    assert.equal(await statusOf(await foreign.sign(claims()), { 'institution-id': otherInstitutionId }), 403);
    // Institutions that are not here, or of another form, are none.
    assert.equal(await statusOf(await foreign.sign(claims({ institutions: ['NOWHERE', 'x', 7] }))), 403);
    assert.equal(await statusOf(await foreign.sign(claims({ scope: '' }))), 403);
    assert.equal(await statusOf(await foreign.sign(claims({ roles: 'none' }))), 403);
  });

  test('tokens of our own are refused', async () => {
    assert.equal(await statusOf(bank.tokens.own), 401);
  });

  test('wrong audience, issuer, type, algorithm, time or key of the foreign issuer: 401', async () => {
    const bad = [
      foreign.sign(claims({ aud: 'urn:rollcall:api' })),
      foreign.sign(claims({ iss: `${foreign.url}/` })),
      foreign.sign(claims(), { typ: 'JWT' }),
      foreign.sign(claims(), { kid: 'unknown' }),
      foreign.sign(claims({ iat: seconds() - 600, exp: seconds() - 60 })),
      foreign.sign(claims({ nbf: seconds() + 60 })),
      foreign.sign({ ...claims(), client_id: undefined }),
      foreign.sign(claims({ sub: 'x'.repeat(256) })),
    ];
    for (const token of bad) assert.equal(await statusOf(await token), 401);
    await using another = await startForeignIssuer();
    assert.equal(await statusOf(await another.sign(claims())), 401);
    await using strict = await startBank(foreign, { ROLLCALL_ISSUER_ALGORITHMS: 'RS256' });
    assert.equal(await statusOf(await foreign.sign(claims()), {}, strict), 401);
  });

  test('claims by other names, roles by a map, and a type of its own', async () => {
    await using mapped = await startBank(foreign, {
      ROLLCALL_ISSUER_REQUIRE_TYP: 'false',
      ROLLCALL_ISSUER_INSTITUTION_CLAIM: 'bank',
      ROLLCALL_ISSUER_ROLES_CLAIM: 'groups',
      ROLLCALL_ISSUER_SCOPE_CLAIM: 'scp',
      ROLLCALL_ISSUER_NAME_CLAIM: 'preferred_username',
      ROLLCALL_ISSUER_ROLE_MAP: 'Bank Admins:administrator,Marketing:analyst',
    });
    const token = await foreign.sign(
      {
        ...claims({ institutions: undefined, roles: undefined, scope: undefined, client_id: undefined }),
        azp: 'their-portal',
        bank: institutionId,
        groups: ['Bank Admins', 'Somebody', 'auditor'],
        scp: ['bankingAdmin/read'],
        preferred_username: 'al',
      },
      { typ: 'JWT' },
    );
    const principal = await principalOf(token, mapped);
    assert.deepEqual(
      [principal.name, [...principal.roles], principal.applicationId],
      ['al', ['administrator'], 'their-portal'],
    );
    assert.equal(await statusOf(token, {}, mapped), 200);
  });

  test('an application that is registered here bounds scopes and institutions, and has its API key and state', async () => {
    const registered = await bank.createPrincipal({ scopes: ['bankingAdmin/read'] });
    const id = registered.applicationId;
    const token = await foreign.sign(claims({ client_id: id, institutions: [institutionId, otherInstitutionId] }));
    assert.deepEqual([...(await principalOf(token)).scopes], ['bankingAdmin/read']);
    const change = async (statement: string, ...values: unknown[]) => {
      await bank.database.asOperator((tx) => tx.client.query(statement, [id, ...values]));
      bank.access.forget(id);
    };
    const key = createSecretText('rck_');
    await change(
      `update application set api_key_hash = $2, api_key_state = 'active' where id = $1`,
      hashSecretText(key),
    );
    assert.equal(await statusOf(token), 401);
    assert.equal(await statusOf(token, { 'api-key': key }), 200);
    const principal = await bank.access.authenticate({
      authorization: `Bearer ${token}`,
      apiKey: key,
      institutionId: undefined,
      address: undefined,
    });
    for (const one of [principal, { ...principal }]) await bank.access.assertStillHolds(one, 'readAudiences');
    await change(`update application set state = 'disabled' where id = $1`);
    assert.equal(await statusOf(token, { 'api-key': key }), 401);
    for (const one of [principal, { ...principal }]) {
      await assert.rejects(bank.access.assertStillHolds(one, 'readAudiences'), { type: 'unauthorized' });
    }
  });

  const change = async (token: string, at: TestApp = bank) =>
    await at.send({
      method: 'POST',
      url: '/service/applications?dryRun=true',
      json: { name: 'Of theirs', authenticationType: 'clientCredentials', scopes: [] },
      token,
    });
  const administrator = (changes: JWTPayload = {}) => foreign.sign(claims({ roles: ['administrator'], ...changes }));

  test('who changes access has signed in at the foreign issuer just now, by auth_time of the token', async () => {
    assert.equal((await change(await administrator({ auth_time: seconds() - 900 }))).statusCode, 204);
    const factors = ['pwd', 'mfa'];
    assert.equal((await change(await administrator({ auth_time: seconds(), amr: factors }))).statusCode, 204);
    const lacking: readonly [JWTPayload, string][] = [
      [{ auth_time: seconds() - 931 }, '900'],
      [{}, '900'],
      [{ auth_time: String(seconds()) }, '900'],
      [{ auth_time: seconds() * 1_000 }, '900'],
      [{ auth_time: seconds(), amr: ['pwd'] }, '0'],
    ];
    for (const [changes, maxAge] of lacking) {
      const token = await administrator(changes);
      const answer = await change(token);
      assert.equal(answer.statusCode, 401, JSON.stringify(changes));
      assert.match(
        String(answer.headers['www-authenticate']),
        new RegExp(`error="insufficient_user_authentication", .*, max_age="${maxAge}"$`),
      );
      assert.equal(await statusOf(token), 200, 'nothing else asks');
    }
    const machine = await administrator({ sub: foreign.clientId, client_id: foreign.clientId });
    assert.equal((await change(machine)).statusCode, 204);
  });

  test('a setting says that the foreign issuer never tells when somebody signed in; what it does tell counts', async () => {
    await using silent = await startBank(foreign, { ROLLCALL_ISSUER_REQUIRE_AUTH_TIME: 'false' });
    assert.equal((await change(await administrator(), silent)).statusCode, 204);
    assert.equal((await change(await administrator({ auth_time: seconds() - 931 }), silent)).statusCode, 401);
    assert.equal((await change(await administrator({ amr: ['pwd'] }), silent)).statusCode, 401);
  });

  test('what is denied to somebody of the foreign issuer is audited where they would have acted', async () => {
    await statusOf(await foreign.sign(claims({ sub: 'bob', roles: [] })));
    const rows = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('audit_entry').select(['institution_id', 'outcome']).where('principal_id', '=', 'bob').execute(),
    );
    assert.deepEqual(rows, [{ institution_id: institutionId, outcome: 'denied' }]);
  });

  test('an audience is shared with applications that are registered here, not with people of the foreign issuer', async () => {
    const token = await foreign.sign(claims({ sub: 'owner' }));
    assert.equal(await statusOf(await foreign.sign(claims({ sub: 'colleague' }))), 200);
    const registered = await bank.createPrincipal({ scopes: ['bankingAdmin/read'] });
    await seedCustomers(bank, 1);
    const { id } = await seedAudience(bank, { name: 'Shared', members: [0], by: 'owner' });
    const share = async (principalId: string) => {
      const json = { principalId, access: 'view' };
      return await bank.send({ method: 'POST', url: `${url}/${id}/collaborators`, json, token });
    };
    assert.equal((await share('colleague')).statusCode, 422);
    assert.equal((await share(registered.applicationId)).statusCode, 201);
  });

  test('keys are fetched once; unknown ones do not make a request each', async () => {
    await using other = await startForeignIssuer();
    await using own = await startBank(other);
    const good = async () => await other.sign(claims({ iss: other.url, jti: String(Math.random()) }));
    const unknown = async () => await other.sign(claims({ iss: other.url }), { kid: String(Math.random()) });
    for (let round = 0; round < 3; round += 1) {
      assert.equal(await statusOf(await good(), {}, own), 200);
      assert.equal(await statusOf(await unknown(), {}, own), 401);
    }
    assert.equal(other.requests().keys, 1);
    // Whoever is known stays in while the issuer is away.
    other.setAway(true);
    assert.equal(await statusOf(await good(), {}, own), 200);
  });

  test('without the issuer nobody can be told: 503 with Retry-After, and soon', async (t) => {
    // The second caller comes within the seconds in which nobody tries again.
    const now = performance.now();
    t.mock.method(performance, 'now', () => now);
    await using other = await startForeignIssuer();
    await using own = await startBank(other);
    other.setAway(true);
    const token = await other.sign(claims({ iss: other.url }));
    for (let round = 0; round < 2; round += 1) {
      const answer = await own.send({ url, token });
      assert.deepEqual([answer.statusCode, answer.headers['retry-after']], [503, '5'], answer.body);
    }
    assert.equal(other.requests().all, 1, 'the second caller does not wait for another try');
  });

  test('a discovery document of another issuer is not believed', async () => {
    await using alias = await startBank({
      url: foreign.url.replace('127.0.0.1', 'localhost'),
      audience: foreign.audience,
    });
    const token = await foreign.sign(claims({ iss: foreign.url.replace('127.0.0.1', 'localhost') }));
    assert.equal(await statusOf(token, {}, alias), 503);
  });
});
