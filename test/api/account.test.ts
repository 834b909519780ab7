import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import type { TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { fill, hiddenOf, isSignedIn, proof, statusOf, twoBrowsers } from './account-data.ts';
import { codeOf, password, peopleOf, trailOf } from './people-data.ts';
import {
  alertOf,
  headingOf,
  nextCode,
  personAt,
  signInToPortal,
  startSignInBank,
  TestBrowser,
  type TestPerson,
  typeCredentials,
} from './sign-in-data.ts';

const pages = [
  '/account',
  '/account/password',
  '/account/authenticator',
  '/account/recovery-codes',
  '/account/sessions',
];
const chosen = 'another winter in Oslo';
const wrongProof = 'The password or the code is not right. Each code works once.';

/** Every form of the pages, with fields that are as they should be. */
function forms(person: TestPerson): Readonly<Record<string, Readonly<Record<string, string>>>> {
  const own = { password, code: person.recoveryCodes[0] ?? '' };
  return {
    '/account/password': { ...own, newPassword: chosen, repeated: chosen },
    '/account/authenticator': own,
    '/account/authenticator/code': { enrolment: 'x', code: '123456' },
    '/account/recovery-codes': own,
    '/account/sessions': { ...own, session: 'others' },
    '/account/sign-out': {},
  };
}

async function operationsOf(bank: TestApp, person: TestPerson): Promise<readonly string[]> {
  return (await trailOf(bank, person.id)).map(({ operation, outcome }) => `${operation} ${outcome}`);
}

forEachEngine((engine) => {
  test('without a session each page asks to sign in, and leads back', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank);
    const stranger = new TestBrowser(bank);
    for (const path of pages) {
      for (const value of [undefined, 'A'.repeat(43)]) {
        if (value !== undefined) stranger.cookies.set('__Host-rollcall', value);
        const { headers, statusCode } = await stranger.send(path);
        assert.deepEqual(
          [statusCode, headers.location],
          [303, `/session/sign-in?returnTo=${encodeURIComponent(path)}`],
        );
      }
    }
    for (const [path, fields] of Object.entries(forms(person))) {
      const answer = await new TestBrowser(bank).send(path, { method: 'POST', form: { csrf: 'x', ...fields } });
      assert.equal(answer.statusCode, 303, path);
      assert.match(String(answer.headers.location), /^\/session\/sign-in\?returnTo=%2Faccount[\w%-]*$/);
    }
    const browser = new TestBrowser(bank);
    await browser.visit('/account/sessions');
    assert.equal(headingOf(browser), 'Sign in');
    await typeCredentials(browser, person);
    assert.deepEqual([browser.address, headingOf(browser)], ['/account/sessions', 'Where you are signed in']);
  });

  test('forms from elsewhere, and of another session, do nothing', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser, other } = await twoBrowsers(bank);
    await other.visit('/account');
    const { csrf = '' } = hiddenOf(browser);
    const before = (await operationsOf(bank, person)).length;
    for (const [path, fields] of Object.entries(forms(person))) {
      const refused = [
        await browser.send(path, { method: 'POST', form: { ...fields, csrf: '' } }),
        await browser.send(path, { method: 'POST', form: { ...fields, csrf: hiddenOf(other).csrf ?? '' } }),
        await browser.send(path, {
          method: 'POST',
          form: { ...fields, csrf },
          headers: { origin: 'https://evil.example' },
        }),
        await browser.send(path, {
          method: 'POST',
          form: { ...fields, csrf },
          headers: { 'sec-fetch-site': 'same-site' },
        }),
      ];
      assert.deepEqual(
        refused.map(({ statusCode }) => statusCode),
        [403, 403, 403, 403],
        path,
      );
    }
    assert.equal((await operationsOf(bank, person)).length, before);
    assert.ok((await isSignedIn(browser)) && (await isSignedIn(other)));
  });

  test('every page has a way out, which ends this session', async () => {
    await using bank = await startSignInBank(engine);
    const { browser, other } = await twoBrowsers(bank);
    for (const path of pages) {
      await browser.visit(path);
      assert.match(browser.page?.body ?? '', /<form class="out" method="post" action="\/account\/sign-out">/, path);
      assert.match(String(browser.page?.headers['content-security-policy']), /form-action 'self';/);
      assert.equal(browser.page?.headers['cache-control'], 'no-store');
    }
    const secret = browser.cookies.get('__Host-rollcall') ?? '';
    await browser.visit('/account/sign-out', { method: 'POST', form: hiddenOf(browser) });
    assert.equal(headingOf(browser), 'You are signed out', browser.page?.body);
    browser.cookies.set('__Host-rollcall', secret);
    assert.equal(await isSignedIn(browser), false);
    assert.ok(await isSignedIn(other));
  });

  test('a new password: everything else ends, this browser goes on under another identifier', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser, other } = await twoBrowsers(bank);
    const before = browser.cookies.get('__Host-rollcall');
    await fill(browser, '/account/password', { ...proof(person), newPassword: chosen, repeated: chosen });
    assert.equal(headingOf(browser), 'Your account', browser.page?.body);
    assert.match(statusOf(browser) ?? '', /^Your password is changed\./);
    assert.ok(await isSignedIn(browser));
    assert.notEqual(browser.cookies.get('__Host-rollcall'), before);
    assert.equal(await isSignedIn(other), false);
    await other.visit('/account');
    assert.equal(headingOf(other), 'Sign in', "the issuer's session is from before");
    assert.equal((await operationsOf(bank, person)).at(-1), 'changePassword done');

    const again = new TestBrowser(bank);
    await again.visit('/session/sign-in');
    await again.submit({ loginName: person.loginName, password });
    assert.equal(alertOf(again), 'The login name or the password is not right.');
    await again.submit({ loginName: person.loginName, password: chosen });
    assert.equal(headingOf(again), 'Enter your code');
  });

  test('a password that cannot be chosen costs no code; a wrong one or a wrong code changes nothing', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser } = await twoBrowsers(bank);
    const own = { password, code: person.recoveryCodes[0] ?? '' };
    const change = (fields: Readonly<Record<string, string>>) =>
      fill(browser, '/account/password', { ...own, newPassword: chosen, repeated: chosen, ...fields });
    for (const [wrong, fields] of [
      ['The two new passwords differ. Type both once more.', { repeated: 'something else it is' }],
      ['This password is too short.', { newPassword: 'short', repeated: 'short' }],
      [wrongProof, { password: 'not my password' }],
      [wrongProof, { code: '000000' }],
      [wrongProof, { code: '' }],
    ] as const) {
      await change(fields);
      assert.deepEqual([browser.page?.statusCode, alertOf(browser)], [422, wrong]);
    }
    const denied = (await trailOf(bank, person.id)).filter(({ outcome }) => outcome === 'denied');
    assert.deepEqual(
      denied.map(({ operation, detail }) => [operation, detail]),
      ['password', 'secondFactor', 'secondFactor'].map((reason) => ['changePassword', { reason }]),
    );
    await change({});
    assert.equal(headingOf(browser), 'Your account', 'the code was not used up');
  });

  test('wrong passwords wait as those of a sign-in do, and count together with them', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser } = await twoBrowsers(bank);
    const guess = async () =>
      (await fill(browser, '/account/recovery-codes', { ...proof(person), password: 'not my password' }))?.statusCode;
    assert.deepEqual([await guess(), await guess(), await guess(), await guess()], [422, 422, 422, 422]);
    assert.equal(await guess(), 429);
    assert.match(alertOf(browser) ?? '', /wait 1 second, then try again/);
    assert.equal(browser.page?.headers['retry-after'], '1');
    const proving = ['/account/password', '/account/authenticator', '/account/sessions'];
    // Twice: the wait is a minute in the end, and the sign-in below comes within it on a slow machine too.
    for (const path of [...proving, ...proving]) {
      const fields = { ...forms(person)[path], password: 'not my password' };
      assert.equal((await fill(browser, path, fields))?.statusCode, 429, path);
      bank.clock.advance(60_000);
      assert.equal((await fill(browser, path, fields))?.statusCode, 429, 'the wait doubles');
    }
    const elsewhere = new TestBrowser(bank);
    await elsewhere.visit('/session/sign-in');
    await elsewhere.submit({ loginName: person.loginName, password });
    assert.equal(elsewhere.page?.statusCode, 429, 'signing in waits too');
    assert.ok(await isSignedIn(browser), 'who is signed in stays so');
    assert.ok((await operationsOf(bank, person)).includes('endSessions denied'));
  });

  test('a code works once, wherever it is typed', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser } = await twoBrowsers(bank);
    const code = nextCode(bank, person);
    await fill(browser, '/account/recovery-codes', { password, code });
    assert.equal(headingOf(browser), 'Keep your recovery codes', alertOf(browser));
    await fill(browser, '/account/recovery-codes', { password, code });
    assert.equal(alertOf(browser), wrongProof);
  });

  test('another authenticator: the old one and its recovery codes end, and every other session', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser, other } = await twoBrowsers(bank);
    const old = person.recoveryCodes.at(-1) ?? '';
    await fill(browser, '/account/authenticator', { ...proof(person), password: 'not my password' });
    assert.equal(alertOf(browser), wrongProof);
    await fill(browser, '/account/authenticator', proof(person));
    assert.equal(headingOf(browser), 'Set up your authenticator app');
    const secret = /class="secret"[^>]*>([^<]+)</.exec(browser.page?.body ?? '')?.[1] ?? '';
    const offered = hiddenOf(browser);
    const confirm = (code: string, form = offered) =>
      browser.visit('/account/authenticator/code', { method: 'POST', form: { ...form, code } });
    await confirm('000000');
    assert.match(alertOf(browser) ?? '', /^The code is not right\./);
    assert.ok(await isSignedIn(other), 'nothing has changed yet');

    await confirm(codeOf(secret, bank.clock.now()));
    assert.equal(headingOf(browser), 'Keep your recovery codes');
    const codes = [...(browser.page?.body ?? '').matchAll(/<li>([0-9A-Z-]+)<\/li>/g)].map(([, code = '']) => code);
    assert.equal(codes.length, 10);
    assert.equal(await isSignedIn(other), false);
    const next = /class="button no-print" href="([^"]+)"/.exec(browser.page?.body ?? '')?.[1] ?? '';
    await browser.visit(next);
    assert.equal(headingOf(browser), 'Your account');
    assert.match(statusOf(browser) ?? '', /^Your new authenticator app is set up\./);
    assert.ok(await isSignedIn(browser));
    assert.equal((await operationsOf(bank, person)).at(-1), 'replaceSecondFactor done');

    for (const code of [old, nextCode(bank, person)]) {
      await fill(browser, '/account/recovery-codes', { password, code });
      assert.equal(alertOf(browser), wrongProof, code);
    }
    await fill(browser, '/account/recovery-codes', { password, code: codes[0] ?? '' });
    assert.equal(headingOf(browser), 'Keep your recovery codes');
  });

  test('the form of a new authenticator counts once, in the place of the one before', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser } = await twoBrowsers(bank);
    const begin = async () => {
      await fill(browser, '/account/authenticator', proof(person));
      const secret = /class="secret"[^>]*>([^<]+)</.exec(browser.page?.body ?? '')?.[1] ?? '';
      return { secret, form: hiddenOf(browser) };
    };
    const confirm = async ({ secret, form }: Awaited<ReturnType<typeof begin>>) => {
      await browser.visit('/account');
      const { csrf = '' } = hiddenOf(browser);
      const fields = { ...form, csrf, code: codeOf(secret, bank.clock.now()) };
      return (await browser.send('/account/authenticator/code', { method: 'POST', form: fields })).statusCode;
    };
    const [first, second] = [await begin(), await begin()];
    assert.equal(await confirm(first), 200);
    await browser.visit('/session/sign-in?returnTo=/account');
    assert.equal(await confirm(second), 410, 'made for the one before');

    // A form of the first set-up, which nobody proves anything for, replaces nothing.
    const { sealed, secret } = await peopleOf(bank).beginEnrolment(person.id);
    assert.equal(await confirm({ secret, form: { enrolment: sealed } }), 410);
  });

  test('the form of a new authenticator ends after a quarter of an hour', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser } = await twoBrowsers(bank);
    await fill(browser, '/account/authenticator', proof(person));
    const secret = /class="secret"[^>]*>([^<]+)</.exec(browser.page?.body ?? '')?.[1] ?? '';
    const form = hiddenOf(browser);
    mock.timers.enable({ apis: ['Date'], now: Date.now() + 15 * 60_000 });
    try {
      const fields = { ...form, code: codeOf(secret, bank.clock.now()) };
      const late = await browser.send('/account/authenticator/code', { method: 'POST', form: fields });
      assert.equal(late.statusCode, 410, late.body);
    } finally {
      mock.timers.reset();
    }
  });

  test('without a second factor the password is enough, and one can be set up', async () => {
    await using bank = await startSignInBank(engine);
    const person = await personAt(bank);
    const { browser } = await signInToPortal(bank, person);
    await bank.database.asOperator((tx) =>
      tx.db.updateTable('user_account').set({ totp_secret: null }).where('id', '=', person.id).execute(),
    );
    await browser.visit('/account/recovery-codes');
    assert.equal(headingOf(browser), 'Set up an authenticator app');
    await fill(browser, '/account/authenticator', { password: 'not my password' });
    assert.equal(alertOf(browser), 'The password is not right.');
    await fill(browser, '/account/authenticator', { password });
    const secret = /class="secret"[^>]*>([^<]+)</.exec(browser.page?.body ?? '')?.[1] ?? '';
    // The step of the code that was used for the factor before must not come again.
    const code = codeOf(secret, bank.clock.now());
    await browser.visit('/account/authenticator/code', { method: 'POST', form: { ...hiddenOf(browser), code } });
    assert.equal(headingOf(browser), 'Keep your recovery codes');
    assert.equal((await operationsOf(bank, person)).at(-1), 'enrolSecondFactor done');
  });

  test('who was disabled has no account page any more', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser } = await twoBrowsers(bank);
    const url = `/service/disabledUserAccounts?userAccount=${person.id}`;
    assert.equal((await bank.send({ method: 'POST', url })).statusCode, 200);
    assert.equal((await browser.send('/account')).statusCode, 303);
  });
});
