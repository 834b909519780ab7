import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createMaintenance } from '../../src/modules/maintenance/index.ts';
import { institutionId, otherInstitutionId, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import {
  headingOf,
  loopbackBase,
  personAt,
  secureBase,
  signInToPortal,
  startSignInBank,
  TestBrowser,
  type TestPerson,
  typeCredentials,
} from './sign-in-data.ts';

const minuteMs = 60_000;
const someId = '0'.repeat(20);
/** It changes something: what protects against other sites comes first, then there is no such audience. */
const change = `/service/archivedCustomerAudiences?customerAudience=${someId}`;

async function sessionCount(bank: TestApp): Promise<number> {
  const rows = await bank.database.asOperator((tx) => tx.db.selectFrom('portal_session').selectAll().execute());
  return rows.length;
}

async function grant(bank: TestApp, person: TestPerson, institution: string): Promise<void> {
  await bank.database.asOperator((tx) =>
    tx.db
      .insertInto('user_grant')
      .values({
        institution_id: institution,
        user_account_id: person.id,
        home_institution_id: institutionId,
        roles: ['viewer'],
        created_at: bank.clock.now(),
        created_by: 'test',
      })
      .execute(),
  );
  bank.access.forget(person.id);
}

forEachEngine((engine) => {
  test('the session is a cookie with __Host-; its tokens are on the server, sealed', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank, { roles: ['analyst'] });
    const { browser } = await signInToPortal(bank, person);
    const line = browser.setCookies.findLast((one) => one.startsWith('__Host-rollcall='));
    assert.match(line ?? '', /^__Host-rollcall=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/);
    assert.equal(browser.cookies.has('__Host-rollcall-callback'), false);

    const session = (await browser.send('/session')).json();
    assert.deepEqual([session.person.id, session.institution.id], [person.id, institutionId]);
    assert.deepEqual(session.institutions, [{ id: institutionId, name: institutionId }]);
    assert.deepEqual(session.roles, ['analyst']);
    const [row] = await bank.database.asOperator((tx) => tx.db.selectFrom('portal_session').selectAll().execute());
    const stored = [row?.sealed_tokens, row?.session_hash].map((bytes) => bytes?.toString('latin1')).join();
    assert.doesNotMatch(stored, /eyJ/, 'a token in clear');
    assert.doesNotMatch(stored, new RegExp(browser.cookies.get('__Host-rollcall') ?? 'none'));
    assert.equal((await browser.send('/service/customerAudiences')).statusCode, 200);
  });

  test('on loopback the cookie has a plain name', async () => {
    await using bank = await startSignInBank(engine, { loopback: true });
    const { browser } = await signInToPortal(bank, await personAt(bank), loopbackBase);
    const line = browser.setCookies.findLast((one) => one.startsWith('rollcall='));
    assert.match(line ?? '', /^rollcall=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const elsewhere = new TestBrowser(bank, 'http://localhost:8787');
    const page = await elsewhere.send('/session/sign-in?returnTo=/healthz');
    assert.equal(page.headers.location, `${loopbackBase}/session/sign-in?returnTo=%2Fhealthz`);
  });

  test('the way back from the issuer asks the cookies of a page of ours, and counts once', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank);
    const browser = new TestBrowser(bank);
    await browser.visit('/session/sign-in');
    const seen: string[] = [];
    const send = browser.send.bind(browser);
    browser.send = async (address, visit) => {
      seen.push(address);
      return await send(address, visit);
    };
    await typeCredentials(browser, person);
    const callback = seen.find((address) => address.includes('/session/callback?')) ?? '';
    const stranger = new TestBrowser(bank);
    const page = await stranger.send(callback);
    assert.match(page.body, /<meta http-equiv="refresh" content="0;url=\/session\/complete\?code=/);
    assert.doesNotMatch(String(page.headers['content-security-policy']), /script/);

    const complete = callback.slice(secureBase.length).replace('/callback', '/complete');
    assert.equal((await stranger.send(complete)).statusCode, 410, 'another browser has no start');
    assert.equal((await browser.send(complete)).statusCode, 410, 'the start is used');
    for (const query of ['?code=x&state=y', '?error=access_denied&state=y', '']) {
      const again = new TestBrowser(bank);
      await again.send('/session/sign-in');
      assert.equal((await again.send(`/session/complete${query}`)).statusCode, 410, query);
    }
    assert.equal(await sessionCount(bank), 1);
  });

  test('after signing in nobody is led to another host', async () => {
    await using bank = await startSignInBank(engine);
    for (const returnTo of ['//evil.example', '/\\evil.example', 'https://evil.example', '/a\\b', 'javascript:1', '']) {
      const answer = await new TestBrowser(bank).send(`/session/sign-in?${new URLSearchParams({ returnTo })}`);
      assert.equal(answer.statusCode, 400, returnTo);
    }
  });

  test('signing in again ends the session before, and its identifier is another', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank);
    const { browser } = await signInToPortal(bank, person);
    const before = browser.cookies.get('__Host-rollcall') ?? '';
    await browser.visit('/session/sign-in?returnTo=/healthz');
    await typeCredentials(browser, person);
    assert.equal(browser.address, '/healthz');
    assert.notEqual(browser.cookies.get('__Host-rollcall'), before);
    assert.equal(await sessionCount(bank), 1);
  });

  test('a new session takes a new sign-in, whatever the issuer knows of the browser', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank);
    const { browser } = await signInToPortal(bank, person);
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 31 * minuteMs });
    try {
      assert.equal((await browser.send('/session')).statusCode, 401, 'idle for too long');
      await browser.visit('/session/sign-in');
      assert.equal(headingOf(browser), 'Sign in');

      const asked = new URL((await browser.send('/session/sign-in')).headers.location ?? '');
      assert.deepEqual([asked.searchParams.get('prompt'), asked.searchParams.get('max_age')], ['login', '0']);
      asked.searchParams.delete('prompt');
      asked.searchParams.delete('max_age');
      await browser.visit(asked.href);
      assert.equal(browser.page?.statusCode, 410, 'the issuer tells of an old sign-in, which the portal does not take');
      assert.equal((await browser.send('/session')).statusCode, 401);

      await browser.visit('/session/sign-in?returnTo=/healthz');
      await typeCredentials(browser, person);
      assert.equal(browser.address, '/healthz');
      const session = await browser.send('/session');
      assert.equal(session.statusCode, 200, session.body);
      assert.equal(Date.parse(session.json().expiresAt), Math.floor(Date.now() / 1_000) * 1_000 + 12 * 60 * minuteMs);
    } finally {
      mock.timers.reset();
    }
  });

  test('somebody else signs in where the issuer still knows the one before, whose tokens end', async () => {
    await using bank = await startSignInBank(engine);
    const { browser } = await signInToPortal(bank, await personAt(bank));
    const other = await personAt(bank);
    await browser.visit('/session/sign-in?returnTo=/healthz');
    await typeCredentials(browser, other);
    // A page of the issuer that sends itself on, or by its button.
    const xsrf = /name="xsrf" value="([^"]+)"/.exec(browser.page?.body ?? '')?.[1] ?? '';
    await browser.visit('/oidc/session/end/confirm', { method: 'POST', form: { xsrf, logout: 'yes' } });
    assert.equal(browser.address, '/healthz', browser.page?.body);
    assert.equal((await browser.send('/session')).json().person.id, other.id);
  });

  test('a change by cookie needs the token of the page, from the page; reading and bearer tokens do not', async () => {
    await using bank = await startSignInBank(engine);
    const { browser, csrfToken } = await signInToPortal(bank, await personAt(bank, { roles: ['analyst'] }));
    const other = await signInToPortal(bank, await personAt(bank, { roles: ['analyst'] }));
    const cross = { origin: 'https://evil.example' };
    const refused: Readonly<Record<string, Readonly<Record<string, string>>>> = {
      missing: {},
      empty: { 'x-csrf-token': '' },
      wrong: { 'x-csrf-token': 'A'.repeat(43) },
      "another session's": { 'x-csrf-token': other.csrfToken },
      'cross-site origin': { 'x-csrf-token': csrfToken, ...cross },
      'null origin': { 'x-csrf-token': csrfToken, origin: 'null' },
      'cross-site fetch': { 'x-csrf-token': csrfToken, 'sec-fetch-site': 'cross-site' },
      'same-site fetch': { 'x-csrf-token': csrfToken, 'sec-fetch-site': 'same-site' },
    };
    for (const [name, headers] of Object.entries(refused)) {
      for (const url of [change, '/session/institution', '/session/sign-out', '/session/sign-out-everywhere']) {
        const json = url === '/session/institution' ? { json: { institutionId } } : {};
        const answer = await browser.send(url, { method: 'POST', headers, ...json });
        assert.equal(answer.statusCode, 403, `${name}: ${url}: ${answer.body}`);
        assert.equal(answer.json().type, `${secureBase}/errors/forbidden/v1.0.0`);
      }
    }
    const denials = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('audit_entry').select('detail').where('outcome', '=', 'denied').execute(),
    );
    assert.equal(denials.filter(({ detail }) => JSON.stringify(detail).includes('csrfToken')).length, 8);

    const right = await browser.send(change, { method: 'POST', headers: { 'x-csrf-token': csrfToken } });
    assert.equal(right.statusCode, 404, right.body);
    assert.equal((await browser.send('/service/customerAudiences', { headers: cross })).statusCode, 200);
    const authorization = `Bearer ${bank.tokens.own}`;
    const bearer = await browser.send(change, { method: 'POST', headers: { authorization, ...cross } });
    assert.equal(bearer.statusCode, 404, bearer.body);
    const invalid = await browser.send('/service/customerAudiences', { headers: { authorization: 'Bearer x' } });
    assert.equal(invalid.statusCode, 401, 'a token that is sent wins');
  });

  test('without a session, and with one that nobody has: 401', async () => {
    await using bank = await startSignInBank(engine);
    for (const value of [undefined, 'A'.repeat(43), 'x', '"']) {
      const browser = new TestBrowser(bank);
      if (value !== undefined) browser.cookies.set('__Host-rollcall', value);
      assert.equal((await browser.send('/session')).statusCode, 401);
      assert.equal((await browser.send('/service/customerAudiences')).statusCode, 401);
    }
    const plain = new TestBrowser(bank);
    plain.cookies.set('rollcall', 'A'.repeat(43));
    assert.equal((await plain.send('/session')).statusCode, 401);
  });

  test('who may act for several institutions works for one, and can change it', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank, { roles: ['analyst'] });
    await grant(bank, person, otherInstitutionId);
    const { browser, csrfToken } = await signInToPortal(bank, person);
    const headers = { 'x-csrf-token': csrfToken };
    const session = (await browser.send('/session')).json();
    assert.equal(session.institution.id, institutionId, 'the home first');
    assert.deepEqual(
      session.institutions.map(({ id }: { id: string }) => id),
      [institutionId, otherInstitutionId].sort(),
    );

    const choose = (id: string) =>
      browser.send('/session/institution', { method: 'POST', json: { institutionId: id }, headers });
    const changed = await choose(otherInstitutionId);
    assert.equal(changed.statusCode, 200, changed.body);
    assert.deepEqual([changed.json().institution.id, changed.json().roles], [otherInstitutionId, ['viewer']]);
    assert.equal((await browser.send('/session')).json().institution.id, otherInstitutionId);
    assert.equal((await browser.send(change, { method: 'POST', headers })).statusCode, 403, 'a viewer changes nothing');
    const ofFirstTab = { ...headers, 'institution-id': institutionId };
    const there = await browser.send(change, { method: 'POST', headers: ofFirstTab });
    assert.equal(there.statusCode, 404, 'a page goes on for the institution that it says, as the analyst of there');
    for (const id of ['FOREIGN', 'lower case']) assert.notEqual((await choose(id)).statusCode, 200);
    assert.equal((await choose('FOREIGN')).statusCode, 403);
    assert.equal((await browser.send('/session')).json().institution.id, otherInstitutionId);
  });

  test('a person who is disabled has no session from then on', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank);
    const { browser } = await signInToPortal(bank, person);
    const url = `/service/disabledUserAccounts?userAccount=${person.id}`;
    const disabled = await bank.send({ method: 'POST', url });
    assert.equal(disabled.statusCode, 200, disabled.body);
    for (const address of ['/session', '/service/customerAudiences']) {
      assert.equal((await browser.send(address)).statusCode, 401, address);
    }
  });

  test('signing out ends the session, here and at the issuer, and clears the browser', async () => {
    await using bank = await startSignInBank(engine);
    const { browser, csrfToken } = await signInToPortal(bank, await personAt(bank));
    const secret = browser.cookies.get('__Host-rollcall') ?? '';
    const answer = await browser.send('/session/sign-out', { method: 'POST', headers: { 'x-csrf-token': csrfToken } });
    assert.deepEqual([answer.statusCode, answer.json()], [200, { next_url: '/signed-out' }]);
    assert.equal(browser.cookies.has('__Host-rollcall'), false);
    assert.equal(answer.headers['clear-site-data'], '"cache", "storage"');
    browser.cookies.set('__Host-rollcall', secret);
    assert.equal((await browser.send('/session')).statusCode, 401);
    assert.equal(await sessionCount(bank), 0);
    await browser.visit('/signed-out');
    assert.equal(headingOf(browser), 'You are signed out');
    await browser.visit('/session/sign-in');
    assert.equal(headingOf(browser), 'Sign in', 'the issuer knows nobody any more');
  });

  test('signing out everywhere ends every session and token of the person, and of nobody else', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank);
    const first = await signInToPortal(bank, person);
    const second = await signInToPortal(bank, person);
    const other = await signInToPortal(bank, await personAt(bank));
    // Tokens have whole seconds: one of the second of the sign-out is refused or not, by the clock.
    bank.clock.advance(2_000);
    const headers = { 'x-csrf-token': first.csrfToken };
    const answer = await first.browser.send('/session/sign-out-everywhere', { method: 'POST', headers });
    assert.equal(answer.statusCode, 200, answer.body);
    assert.equal(answer.headers['clear-site-data'], '"cache", "storage"');
    for (const { browser } of [first, second]) {
      assert.equal((await browser.send('/session')).statusCode, 401);
      assert.equal((await browser.send('/service/customerAudiences')).statusCode, 401);
    }
    await second.browser.visit('/session/sign-in');
    assert.equal(headingOf(second.browser), 'Sign in', "the issuer's session is from before");
    assert.equal((await other.browser.send('/session')).statusCode, 200);
    assert.equal(await sessionCount(bank), 1);
  });

  test('a session ends after 30 minutes without use, and after 12 hours of use', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    try {
      await using bank = await startSignInBank(engine);
      const { browser } = await signInToPortal(bank, await personAt(bank));
      const after = (minutes: number) => mock.timers.setTime(Date.now() + minutes * minuteMs);
      const use = async () => (await browser.send('/service/customerAudiences')).statusCode;
      after(29);
      assert.equal(await use(), 200, 'its access token was refreshed');
      after(29);
      assert.equal((await browser.send('/session')).statusCode, 200, 'to ask is no use');
      after(2);
      assert.equal(await use(), 401);
      assert.equal((await browser.send('/session')).statusCode, 401);

      const busy = await signInToPortal(bank, await personAt(bank));
      for (let minutes = 20; minutes < 12 * 60; minutes += 20) {
        after(20);
        assert.equal((await busy.browser.send('/service/customerAudiences')).statusCode, 200, `${minutes} minutes`);
      }
      after(20);
      assert.equal((await busy.browser.send('/service/customerAudiences')).statusCode, 401);

      assert.equal(await sessionCount(bank), 2);
      const checkpoints = { write: async () => {} };
      const onFailure = (error: unknown) => assert.fail(String(error));
      await createMaintenance({ ...bank, checkpoints, onFailure }).run();
      assert.equal(await sessionCount(bank), 0, 'maintenance clears up');
    } finally {
      mock.timers.reset();
    }
  });
});
