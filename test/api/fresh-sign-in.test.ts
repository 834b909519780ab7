import assert from 'node:assert/strict';
import { after, before, mock, test } from 'node:test';
import type { LightMyRequestResponse } from 'fastify';
import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { readConfig } from '../../src/config.ts';
import { scopes } from '../../src/modules/access/index.ts';
import { institutionId, otherInstitutionId, startTestApp, type TestApp, type TestRequest } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { constants, type Operation, operationsOf, type Resources, requestOf, seedResources } from './denial-samples.ts';
import { Browser, forPeople, signIn, startIssuer } from './issuer-client.ts';
import { createSessions, type SessionMaker } from './session-data.ts';
import { headingOf, personAt, secureBase, signInToPortal, typeCredentials } from './sign-in-data.ts';

const minuteMs = 60_000;
/** The default bound, and what clocks may differ. */
const boundSeconds = 900;
const staleSeconds = boundSeconds + 31;
const challengeOf = (seconds: number) =>
  new RegExp(
    `^Bearer realm="rollcall", error="insufficient_user_authentication", error_description="[^"]+", max_age="${seconds}"$`,
  );

/** Step-up authentication (RFC 9470) before access is handed out or taken away. */
forEachEngine((engine) => {
  let bank: TestApp;
  let marked: readonly Operation[];
  let others: readonly Operation[];
  let resources: Resources;
  let sessions: SessionMaker;

  before(async () => {
    bank = await startTestApp(engine);
    await bank.app.ready();
    await bank.jobs.start();
    const isMarked = ({ route }: Operation) => route.config?.freshSignIn === true;
    marked = operationsOf(bank).filter(isMarked);
    others = operationsOf(bank).filter((operation) => !isMarked(operation));
    resources = await seedResources(bank);
    sessions = createSessions(bank);
  });
  after(() => bank.close());

  const seconds = () => Math.floor(bank.clock.now().getTime() / 1_000);
  const institutionIds = [institutionId, String(constants.institutionId)];

  /** The operation without its change. */
  function dryRunOf(operation: Operation): TestRequest {
    const request = requestOf(operation, resources);
    const url = `${request.url}${request.url.includes('?') ? '&' : '?'}dryRun=true`;
    return { ...request, url, headers: { ...request.headers, 'institution-id': institutionId } };
  }

  function expectChallenge(operation: Operation, answer: LightMyRequestResponse, maxAge = boundSeconds): void {
    const said = `${operation.id}: ${answer.statusCode} ${answer.body}`;
    assert.equal(answer.statusCode, 401, said);
    assert.equal(answer.json().type, '/errors/freshSignInNeeded/v1.0.0', said);
    assert.equal(answer.json().attributes.maxAgeSeconds, maxAge, said);
    assert.match(String(answer.headers['www-authenticate']), challengeOf(maxAge), said);
  }

  function expectDone(operation: Operation, answer: LightMyRequestResponse): void {
    const done = answer.statusCode < 300 || [409, 422].includes(answer.statusCode);
    assert.ok(done, `${operation.id}: ${answer.statusCode} ${answer.body}`);
  }

  async function denialsOf(principalId: string) {
    return await bank.database.asOperator((tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select(['operation', 'detail'])
        .where('principal_id', '=', principalId)
        .where('outcome', '=', 'denied')
        .execute(),
    );
  }

  test('somebody whose sign-in is too old is asked for a new one, for each operation that is marked, in the trail', async () => {
    assert.ok(marked.length > 15);
    const signedInAt = seconds() - staleSeconds;
    const { token, principalId } = await bank.createPrincipal({ kind: 'person', scopes, institutionIds, signedInAt });
    for (const operation of marked) {
      const answer = await bank.send({ ...dryRunOf(operation), token });
      expectChallenge(operation, answer);
      assert.equal(answer.json().attributes.signIn_url, undefined, 'a client with a token has its own way');
    }
    const denied = await denialsOf(principalId);
    assert.deepEqual(denied.map(({ operation }) => operation).toSorted(), marked.map(({ id }) => id).toSorted());
    for (const { detail } of denied) assert.deepEqual(detail, { missing: 'freshSignIn' });
  });

  test('a fresh sign-in does it, and a machine is not asked', async () => {
    const signedInAt = seconds() - boundSeconds;
    const person = await bank.createPrincipal({ kind: 'person', scopes, institutionIds, signedInAt });
    const machine = await bank.createPrincipal({ scopes, institutionIds });
    for (const operation of marked) {
      for (const { token } of [person, machine]) {
        expectDone(operation, await bank.send({ ...dryRunOf(operation), token }));
      }
    }
  });

  test('a token that says nothing of the sign-in, or one to come, or a password alone: the same challenge', async () => {
    const person = (order: { signedInAt?: number | null; amr?: string[] }) =>
      bank.createToken({ kind: 'person', scopes, institutionIds, ...order });
    const unsaid = await person({ signedInAt: null });
    const toCome = await person({ signedInAt: seconds() + 3_600 });
    const password = await person({ amr: ['pwd'] });
    for (const operation of marked) {
      expectChallenge(operation, await bank.send({ ...dryRunOf(operation), token: unsaid }));
      expectChallenge(operation, await bank.send({ ...dryRunOf(operation), token: toCome }));
      // A sign-in that is young already would do for max_age=900, and nobody would ever be asked for the factor.
      expectChallenge(operation, await bank.send({ ...dryRunOf(operation), token: password }), 0);
    }
  });

  test('what the caller sends says nothing of the sign-in, and who lacks the right is told that', async () => {
    const signedInAt = seconds() - staleSeconds;
    const token = await bank.createToken({ kind: 'person', scopes, institutionIds, signedInAt });
    const viewer = await bank.createToken({ kind: 'person', scopes, institutionIds, signedInAt, roles: ['viewer'] });
    for (const operation of marked) {
      const request = dryRunOf(operation);
      const headers = { ...request.headers, auth_time: String(seconds()), 'x-auth-time': String(seconds()) };
      expectChallenge(operation, await bank.send({ ...request, headers, token }));
      assert.equal((await bank.send({ ...request, token: viewer })).statusCode, 403, operation.id);
    }
  });

  test('nothing else asks for a fresh sign-in', async () => {
    const signedInAt = seconds() - 10 * 3_600;
    const token = await bank.createToken({ kind: 'person', scopes, institutionIds, signedInAt });
    const reads = others.filter(({ method }) => method === 'GET');
    assert.ok(reads.length > 15);
    for (const operation of reads) {
      if (operation.route.config?.produces?.[0] === 'text/event-stream') continue;
      const request = requestOf(operation, resources);
      const headers = { ...request.headers, 'institution-id': institutionId };
      expectDone(operation, await bank.send({ ...request, headers, token }));
    }
  });

  test('a session of the portal counts from its own sign-in, whatever its tokens say since', async () => {
    const stale = await sessions.begin({ scopes, signedInAt: seconds() - staleSeconds });
    const fresh = await sessions.begin({ scopes, signedInAt: seconds() - boundSeconds });
    const unsaid = await sessions.begin({ scopes, signedInAt: null });
    const home = { ...resources, applicationId: await ownApplication(), application: await ownApplication() };
    for (const operation of marked) {
      if (operation.url.includes('/institutions/') || operation.url.includes('secretId')) continue;
      const { headers, ...request } = { ...requestOf(operation, home) };
      const dryRun = { ...request, url: `${request.url}${request.url.includes('?') ? '&' : '?'}dryRun=true` };
      const by = (session: typeof stale) =>
        bank.send({ ...dryRun, headers: { ...headers, ...session.headers }, token: null });
      for (const session of [stale, unsaid]) {
        const answer = await by(session);
        expectChallenge(operation, answer);
        assert.equal(answer.json().attributes.signIn_url, '/session/sign-in');
      }
      expectDone(operation, await by(fresh));
    }
    // What an issuer puts into a refreshed token, should it move the time.
    const moved = await bank.createToken({ kind: 'person', scopes });
    const [operation] = marked;
    assert.ok(operation);
    expectDone(operation, await bank.send({ ...dryRunOf(operation), token: moved }));
    await bank.database.asOperator((tx) =>
      tx.db
        .updateTable('portal_session')
        .set({ authenticated_at: new Date((seconds() - staleSeconds) * 1_000) })
        .where('person_id', '=', fresh.personId)
        .execute(),
    );
    const { headers, ...request } = dryRunOf(operation);
    const answer = await bank.send({ ...request, headers: { ...headers, ...fresh.headers }, token: null });
    expectChallenge(operation, answer);
  });

  async function ownApplication(): Promise<string> {
    const json = { name: `Of sessions ${Math.random()}`, authenticationType: 'clientCredentials', scopes: [] };
    const answer = await bank.send({ method: 'POST', url: '/service/applications', json });
    assert.equal(answer.statusCode, 201, answer.body);
    return answer.json().id;
  }

  test('the whole way with openid-client: too old, a refresh does not help, max_age does, prompt=login too', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    try {
      await using issuer = await startIssuer(engine);
      const application = await issuer.createApplication(forPeople());
      const config = await issuer.discover(application.id);
      const personId = await issuer.createPerson();
      await makeAdministrator(issuer.bank, personId);
      const browser = new Browser();
      const order = { browser, personId, amr: 'pwd otp mfa' };
      const scope = 'openid offline_access bankingAdmin/read bankingAdmin/write';
      const ask = (changes: Record<string, string> = {}) =>
        signIn(issuer, config, { ...order, changes: { scope, ...changes } });
      const call = async (token: string) =>
        await client.fetchProtectedResource(
          config,
          token,
          new URL(`${issuer.base}/service/userAccounts/${personId}/endedSessions?dryRun=true`),
          'POST',
        );
      const authTime = (token: string) => decodeJwt(token).auth_time;

      const first = await ask();
      assert.equal((await call(first.access_token)).status, 204);

      mock.timers.setTime(Date.now() + 16 * minuteMs);
      const refreshed = await client.refreshTokenGrant(config, first.refresh_token ?? '');
      assert.equal(authTime(refreshed.access_token), authTime(first.access_token), 'a refresh is no sign-in');
      const challenge = await challengeBy(call(refreshed.access_token));
      assert.deepEqual([challenge.error, challenge.max_age], ['insufficient_user_authentication', '900']);
      const again = await ask();
      assert.equal(authTime(again.access_token), authTime(first.access_token), 'the session of the issuer does it');
      await challengeBy(call(again.access_token));

      const fresh = await ask({ max_age: challenge.max_age ?? '' });
      assert.equal(authTime(fresh.access_token), Math.floor(Date.now() / 1_000));
      assert.equal(fresh.claims()?.auth_time, authTime(fresh.access_token));
      assert.equal((await call(fresh.access_token)).status, 204);
      const still = await client.refreshTokenGrant(config, fresh.refresh_token ?? '');
      assert.equal((await call(still.access_token)).status, 204, 'the tokens of a fresh sign-in may be refreshed');

      mock.timers.setTime(Date.now() + 5 * minuteMs);
      const young = await ask({ max_age: '900' });
      assert.equal(authTime(young.access_token), authTime(fresh.access_token), 'nobody is asked more than needed');
      const byPrompt = await ask({ prompt: 'login' });
      assert.equal(authTime(byPrompt.access_token), Math.floor(Date.now() / 1_000));
    } finally {
      mock.timers.reset();
    }
  });

  test('the portal signs in anew and comes back to where it was, for the same institution; the bound is a setting', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    try {
      const settings = { ROLLCALL_PUBLIC_URL: secureBase, ROLLCALL_SIGN_IN_AGE_SECONDS_MAX: '600' };
      await using signInBank = await startTestApp(engine, { config: readConfig(settings) });
      const person = await personAt(signInBank, { roles: ['administrator'] });
      await makeAdministrator(signInBank, person.id, otherInstitutionId);
      const { browser, csrfToken } = await signInToPortal(signInBank, person);
      const url = '/service/userAccounts?dryRun=true';
      const json = { loginName: 'ada@bank.example', name: 'Ada', roles: [] };
      const change = async (csrf: string) =>
        await browser.send(url, { method: 'POST', json, headers: { 'x-csrf-token': csrf } });
      const chosen = await browser.send('/session/institution', {
        method: 'POST',
        json: { institutionId: otherInstitutionId },
        headers: { 'x-csrf-token': csrfToken },
      });
      assert.equal(chosen.statusCode, 200, chosen.body);
      mock.timers.setTime(Date.now() + 10 * minuteMs);
      assert.equal((await change(csrfToken)).statusCode, 204);

      mock.timers.setTime(Date.now() + minuteMs);
      assert.equal((await browser.send('/service/userAccounts')).statusCode, 200, 'its token was refreshed');
      const refused = await change(csrfToken);
      assert.equal(refused.statusCode, 401, refused.body);
      assert.match(String(refused.headers['www-authenticate']), challengeOf(600));
      const { signIn_url: address } = refused.json().attributes;
      assert.equal(address, `${secureBase}/session/sign-in`);

      await browser.visit(`${address}?${new URLSearchParams({ returnTo: '/healthz?page=people' })}`);
      assert.equal(headingOf(browser), 'Sign in');
      assert.equal((await change(csrfToken)).statusCode, 401, 'to have begun is nothing yet');
      await typeCredentials(browser, person);
      assert.equal(browser.address, '/healthz?page=people');
      const session = (await browser.send('/session')).json();
      assert.equal(session.institution.id, otherInstitutionId);
      assert.equal((await change(session.csrfToken)).statusCode, 204);

      const somebodyElse = await personAt(signInBank, { roles: ['viewer'] });
      await makeAdministrator(signInBank, somebodyElse.id, otherInstitutionId);
      await browser.visit(`${address}?returnTo=/healthz`);
      await typeCredentials(browser, somebodyElse);
      const xsrf = /name="xsrf" value="([^"]+)"/.exec(browser.page?.body ?? '')?.[1] ?? '';
      await browser.visit('/oidc/session/end/confirm', { method: 'POST', form: { xsrf, logout: 'yes' } });
      const theirs = (await browser.send('/session')).json();
      assert.deepEqual([theirs.person.id, theirs.institution.id], [somebodyElse.id, institutionId]);
    } finally {
      mock.timers.reset();
    }
  });
});

/** Of their home, or of another institution besides. */
async function makeAdministrator(bank: TestApp, personId: string, at: string = institutionId): Promise<void> {
  const home = { institution_id: at, user_account_id: personId };
  await bank.database.asOperator(async (tx) => {
    await tx.db
      .deleteFrom('user_grant')
      .where('user_account_id', '=', personId)
      .where('institution_id', '=', at)
      .execute();
    const made = { created_at: bank.clock.now(), created_by: 'test', home_institution_id: institutionId };
    await tx.db
      .insertInto('user_grant')
      .values({ ...home, ...made, roles: ['administrator'] })
      .execute();
  });
  bank.access.forget(personId);
}

async function challengeBy(call: Promise<Response>): Promise<client.WWWAuthenticateChallengeParameters> {
  const error = await call.then(
    (response) => assert.fail(`answered ${response.status}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof client.WWWAuthenticateChallengeError, String(error));
  const [challenge] = error.cause;
  assert.ok(challenge);
  return challenge.parameters;
}
