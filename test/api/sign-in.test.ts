import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import * as client from 'openid-client';
import { createApplication } from '../../src/modules/applications/index.ts';
import { institutionId, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { codeOf, linkFor, makeAccount, password } from './people-data.ts';
import {
  alertOf,
  headingOf,
  loopbackBase,
  nextCode,
  personAt,
  secureBase,
  startSignInBank,
  TestBrowser,
} from './sign-in-data.ts';

const redirectUri = 'https://client.example/callback';
const minuteMs = 60_000;

/** An application for people, as its own library knows the issuer; its calls are injected. */
async function discoverAs(bank: TestApp, name: string): Promise<client.Configuration> {
  const application = await bank.database.asOperator((tx) =>
    createApplication(tx, {
      institutionId,
      name,
      authenticationType: 'authorizationCode',
      clientAuthentication: 'none',
      scopes: ['bankingAdmin/read'],
      redirectUris: [redirectUri],
      at: bank.clock.now(),
      by: 'test',
    }),
  );
  const fetch: client.CustomFetch = async (address, { method, headers, body }) => {
    const url = address.slice(secureBase.length);
    const payload = typeof body === 'string' || body instanceof URLSearchParams ? { payload: String(body) } : {};
    const answer = await bank.app.inject({ method: method === 'POST' ? 'POST' : 'GET', url, headers, ...payload });
    return new Response(answer.body, {
      status: answer.statusCode,
      headers: { 'content-type': String(answer.headers['content-type']) },
    });
  };
  return await client.discovery(new URL(`${secureBase}/oidc`), application.id, undefined, client.None(), {
    [client.customFetch]: fetch,
  });
}

function codeRequest() {
  const verifier = randomBytes(32).toString('base64url');
  const parameters = {
    redirect_uri: redirectUri,
    scope: 'openid bankingAdmin/read',
    state: randomBytes(8).toString('hex'),
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  };
  return { verifier, parameters };
}

async function browserAtPassword(bank: TestApp): Promise<TestBrowser> {
  const browser = new TestBrowser(bank);
  await browser.visit('/session/sign-in');
  assert.equal(headingOf(browser), 'Sign in');
  return browser;
}

forEachEngine((engine) => {
  test('password and code lead to an application, which gets tokens', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank);
    const config = await discoverAs(bank, 'Core <b>&"');
    const { verifier, parameters } = codeRequest();
    const browser = new TestBrowser(bank);
    await browser.visit(client.buildAuthorizationUrl(config, parameters).href);
    assert.match(browser.page?.body ?? '', /to continue to Core &lt;b&gt;&amp;&quot;/);
    const policy = String(browser.page?.headers['content-security-policy']);
    assert.match(policy, /form-action 'self' https:\/\/client\.example;/, 'Chromium holds redirects to it');
    assert.doesNotMatch(policy, /script-src|unsafe-inline/);

    await browser.submit({ loginName: person.loginName, password });
    assert.equal(headingOf(browser), 'Enter your code');
    await browser.submit({ code: nextCode(bank, person) });
    const callback = new URL(browser.address);
    assert.equal(`${callback.origin}${callback.pathname}`, redirectUri);
    const tokens = await client.authorizationCodeGrant(config, callback, {
      pkceCodeVerifier: verifier,
      expectedState: parameters.state,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    assert.equal(claims?.sub, person.id);
    assert.deepEqual(claims?.amr, ['pwd', 'otp', 'mfa']);
    assert.equal(browser.cookies.has('__Host-rollcall-sign-in'), false, 'the sign-in is over');
    const answer = await bank.send({ url: '/service/customerAudiences', token: tokens.access_token });
    assert.equal(answer.statusCode, 200, answer.body);
  });

  test('a recovery code stands in for the telephone, once', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank);
    const code = person.recoveryCodes[0] ?? '';
    for (const works of [true, false]) {
      const browser = await browserAtPassword(bank);
      await browser.submit({ loginName: person.loginName, password });
      await browser.visit(browser.address.replace(/code$/, 'recovery-code'));
      assert.equal(headingOf(browser), 'Use a recovery code');
      await browser.submit({ code: code.toLowerCase().replaceAll('-', ' ') });
      assert.equal(browser.cookies.has('__Host-rollcall'), works);
      if (!works) assert.equal(alertOf(browser), 'The recovery code is not right.');
    }
  });

  test('what is wrong is said beside the field, whoever was named', async () => {
    await using bank = await startSignInBank(engine);
    const { loginName, secret } = await personAt(bank);
    const browser = await browserAtPassword(bank);
    for (const attempt of [
      { loginName, password: 'not this one at all' },
      { loginName: '"><script>@bank.example', password },
    ]) {
      await browser.submit(attempt);
      assert.equal(browser.page?.statusCode, 422);
      assert.equal(alertOf(browser), 'The login name or the password is not right.');
      assert.match(browser.page?.body ?? '', /<title>Error: Sign in/);
      assert.match(browser.page?.body ?? '', /id="password"[^>]* aria-describedby="wrong" aria-invalid="true"/);
      assert.doesNotMatch(browser.page?.body ?? '', /<script|not this one at all/);
    }
    await browser.submit({ loginName, password });
    await browser.submit({ code: '000000' === codeOf(secret, bank.clock.now()) ? '000001' : '000000' });
    assert.equal(browser.page?.statusCode, 422);
    assert.equal(alertOf(browser), 'The code is not right. Each code works once.');
  });

  test('after too many tries the page says how long to wait', async () => {
    await using bank = await startSignInBank(engine);
    const { loginName } = await personAt(bank);
    const browser = await browserAtPassword(bank);
    // The last wait is of half a minute, and the next try comes within it on a slow machine too.
    const failures = 10;
    for (let failure = 1; failure <= failures; failure += 1) {
      await browser.submit({ loginName, password: 'not this one at all' });
      bank.clock.advance(failure < failures ? 60_000 : 0);
    }
    await browser.submit({ loginName, password });
    assert.equal(browser.page?.statusCode, 429);
    assert.match(String(browser.page?.headers['retry-after']), /^\d+$/);
    assert.match(alertOf(browser) ?? '', /There were too many tries: wait \d+ (?:second|minute)s?, then try again\.$/);
  });

  test('a link: looked at by GET, used by POST once, then password, authenticator and recovery codes', async () => {
    await using bank = await startSignInBank(engine);
    const { id, loginName } = await makeAccount(bank);
    const link = `/sign-in/link/${await linkFor(bank, id)}`;
    for (let look = 0; look < 2; look += 1) await new TestBrowser(bank).visit(link);
    const browser = new TestBrowser(bank);
    await browser.visit(link);
    assert.equal(headingOf(browser), 'Choose a password');
    assert.match(browser.page?.body ?? '', new RegExp(`value="${loginName}"`));

    await browser.submit({ password, repeated: `${password}!` });
    assert.equal(alertOf(browser), 'The two passwords differ. Type both once more.');
    await browser.submit({ password: 'short', repeated: 'short' });
    assert.equal(alertOf(browser), 'This password is too short.');
    const before = browser.cookies.get('__Host-rollcall-sign-in');
    await browser.submit({ password, repeated: password });
    assert.equal(headingOf(browser), 'Set up your authenticator app');
    assert.notEqual(browser.cookies.get('__Host-rollcall-sign-in'), before);

    const secret = /<p class="secret"[^>]*>([^<]+)</.exec(browser.page?.body ?? '')?.[1] ?? '';
    assert.match(browser.page?.body ?? '', /<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox/);
    await browser.submit({ code: 'abcdef' });
    assert.match(alertOf(browser) ?? '', /^The code is not right/);
    assert.match(browser.page?.body ?? '', new RegExp(secret), 'a wrong code does not change the secret');
    const enrolling = browser.cookies.get('__Host-rollcall-sign-in');
    await browser.submit({ code: codeOf(secret, bank.clock.now()) });
    assert.equal(headingOf(browser), 'Keep your recovery codes');
    assert.notEqual(browser.cookies.get('__Host-rollcall-sign-in'), enrolling, 'each step has another');
    const codes = [...(browser.page?.body ?? '').matchAll(/<li>([0-9A-Z-]{27})<\/li>/g)].map(([, code]) => code);
    assert.equal(codes.length, 10);

    await browser.visit('/sign-in/setup/recovery-codes');
    assert.equal(headingOf(browser), 'Your recovery codes');
    assert.doesNotMatch(browser.page?.body ?? '', new RegExp(codes[0] ?? ''), 'they are shown once');
    await browser.submit({ action: 'renew' });
    assert.equal(headingOf(browser), 'Keep your recovery codes');
    await browser.submit({ action: 'continue' });
    assert.equal(headingOf(browser), 'You are all set');

    // Whoever has just shown all of it is not asked again.
    await browser.visit('/session/sign-in?returnTo=/healthz');
    assert.equal(browser.address, '/healthz');
    assert.equal((await browser.send('/session')).json().person.id, id);

    const late = new TestBrowser(bank);
    await late.visit(link);
    assert.equal(late.page?.statusCode, 410);
    assert.equal(headingOf(late), 'This link no longer works');
  });

  test('a link that is too old, unknown or used meanwhile says so', async () => {
    await using bank = await startSignInBank(engine);
    const { id } = await makeAccount(bank);
    const token = await linkFor(bank, id);
    const browsers = [new TestBrowser(bank), new TestBrowser(bank)] as const;
    for (const browser of browsers) await browser.visit(`/sign-in/link/${token}`);
    for (const browser of browsers) await browser.submit({ password, repeated: password });
    assert.equal(headingOf(browsers[0]), 'Set up your authenticator app');
    assert.equal(headingOf(browsers[1]), 'This link no longer works');

    const old = `/sign-in/link/${await linkFor(bank, id)}`;
    bank.clock.advance(15 * minuteMs + 1);
    for (const address of [old, '/sign-in/link/unknown', `/sign-in/link/${'A'.repeat(43)}`]) {
      const browser = new TestBrowser(bank);
      await browser.visit(address);
      assert.equal(browser.page?.statusCode, 410, address);
    }
  });

  test('a form counts only with its cookie, its token and from our own page', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank);
    const right = { loginName: person.loginName, password };
    const cases = [
      { changes: { csrf: '' }, heading: 'This form is out of date', status: 403 },
      { changes: { csrf: 'A'.repeat(43) }, heading: 'This form is out of date', status: 403 },
      { headers: { origin: 'https://evil.example' }, heading: 'This form is out of date', status: 403 },
      { headers: { origin: 'null' }, heading: 'This form is out of date', status: 403 },
      { headers: { 'sec-fetch-site': 'same-site' }, heading: 'This form is out of date', status: 403 },
      { headers: { cookie: '' }, heading: 'Your browser sent no cookie', status: 400 },
    ];
    for (const { changes, headers, heading, status } of cases) {
      const browser = await browserAtPassword(bank);
      await browser.submit({ ...right, ...changes }, headers === undefined ? {} : visitWith(browser, right, headers));
      assert.equal(headingOf(browser), heading, JSON.stringify({ changes, headers }));
      assert.equal(browser.page?.statusCode, status);
    }
    const stranger = await browserAtPassword(bank);
    const foreign = await browserAtPassword(bank);
    const token = /name="csrf" value="([^"]+)"/.exec(foreign.page?.body ?? '')?.[1] ?? '';
    await stranger.submit({ ...right, csrf: token });
    assert.equal(stranger.page?.statusCode, 403, "another browser's token");
  });

  test('steps cannot be skipped, and belong to one browser and one interaction', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank);
    const browser = await browserAtPassword(bank);
    const planted = browser.cookies.get('__Host-rollcall-sign-in') ?? '';
    const start = browser.address;
    for (const step of ['code', 'recovery-code', 'authenticator', 'recovery-codes']) {
      assert.equal((await browser.send(`${start}/${step}`)).statusCode, 410, step);
    }
    await browser.submit({ loginName: person.loginName, password });
    assert.equal(headingOf(browser), 'Enter your code');
    assert.equal((await browser.send(`${start}/authenticator`)).statusCode, 410, 'a second factor is set up already');
    assert.equal((await browser.send('/sign-in/setup/code')).statusCode, 410);

    const thief = new TestBrowser(bank);
    for (const [name, value] of browser.cookies) thief.cookies.set(name, value);
    thief.cookies.set('__Host-rollcall-sign-in', planted);
    assert.equal((await thief.send(`${start}/code`)).statusCode, 410, 'who knew the cookie before knows nothing now');

    for (const end of ['endedSessions', 'time']) {
      const late = await browserAtPassword(bank);
      await late.submit({ loginName: person.loginName, password });
      assert.equal(headingOf(late), 'Enter your code');
      if (end === 'time') bank.clock.advance(15 * minuteMs + 1);
      else await bank.send({ method: 'POST', url: `/service/userAccounts/${person.id}/endedSessions` });
      await late.submit({ code: person.recoveryCodes.shift() ?? '' });
      assert.equal(headingOf(late), 'This sign-in has ended', end);
    }
    assert.equal((await browser.send('/sign-in/unknown')).statusCode, 410);
  });

  test('the cookie has __Host- and Secure over TLS, a plain name on loopback, and none over other plain HTTP', async () => {
    await using bank = await startSignInBank(engine);
    const { id } = await makeAccount(bank);
    const secure = new TestBrowser(bank);
    const link = `/sign-in/link/${await linkFor(bank, id)}`;
    await secure.visit(link);
    assert.match(
      secure.setCookies[0] ?? '',
      /^__Host-rollcall-sign-in=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/,
    );

    await using plain = await startSignInBank(engine, { loopback: true });
    const account = await makeAccount(plain);
    const path = `/sign-in/link/${await linkFor(plain, account.id)}`;
    const loopback = new TestBrowser(plain, loopbackBase);
    await loopback.visit(path);
    assert.match(loopback.setCookies[0] ?? '', /^rollcall-sign-in=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);

    const open = new TestBrowser(plain, 'http://rollcall.bank.example');
    for (const address of [path, '/session/sign-in']) {
      await open.visit(address);
      assert.equal(open.page?.statusCode, 400);
      assert.equal(headingOf(open), 'Signing in needs HTTPS');
    }
    assert.deepEqual(open.setCookies, []);
  });

  test('a form that is too large, of another type or of other fields is a page too, and nothing is logged of it', async () => {
    await using bank = await startSignInBank(engine);
    const browser = await browserAtPassword(bank);
    const canary = 'canary-of-a-password';
    await browser.submit({ loginName: 'a', password: canary.repeat(2_000) });
    assert.equal(browser.page?.statusCode, 413);
    assert.equal(headingOf(browser), 'This did not work');
    for (const visit of [
      { form: { loginName: 'a', password: canary, other: canary } },
      { form: { csrf: 'x', loginName: `a\0`, password: canary } },
      { json: { loginName: 'a', password: canary }, form: undefined },
    ]) {
      const page = await browser.send(browser.address, {
        method: 'POST',
        ...(visit.form ? visit : { json: visit.json }),
      });
      assert.ok(page.statusCode === 400 || page.statusCode === 403 || page.statusCode === 415, page.body);
      assert.match(String(page.headers['content-type']), /^text\/html/);
      assert.doesNotMatch(page.body, /canary/);
    }
    assert.doesNotMatch(bank.log.join('\n'), /canary/);
  });
});

/** The form of the page, with other headers. */
function visitWith(browser: TestBrowser, fields: Record<string, string>, headers: Record<string, string>) {
  const csrf = /name="csrf" value="([^"]+)"/.exec(browser.page?.body ?? '')?.[1] ?? '';
  return { form: { csrf, ...fields }, headers };
}
