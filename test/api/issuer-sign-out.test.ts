import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from 'openid-client';
import { forEachEngine } from '../support/engines.ts';
import {
  authorize,
  Browser,
  codeRequest,
  forPeople,
  type IssuerBank,
  postLogoutRedirectUri,
  shareIssuer,
  signIn,
} from './issuer-client.ts';

forEachEngine((engine) => {
  const issuer = shareIssuer(engine);

  test('signing out asks first, ends the session, and leads back to where the client is registered', async () => {
    const bank = issuer();
    const { config, tokens, browser, personId } = await signedIn(bank);
    const page = await signOutPage(bank, browser, {
      id_token_hint: tokens.id_token ?? '',
      post_logout_redirect_uri: postLogoutRedirectUri,
      state: 'back',
    });
    assert.equal(page.status, 200);
    const html = await page.text();
    assert.match(html, /<h1>Sign out\?<\/h1>/);
    assert.match(page.headers.get('content-security-policy') ?? '', /form-action 'self' https:\/\/client\.example;/);
    assert.doesNotMatch(html, /<style|<script|googleapis/);
    const answer = await confirm(bank, browser, html, { logout: 'yes' });
    assert.equal(answer.status, 303);
    assert.equal(answer.headers.get('location'), `${postLogoutRedirectUri}?state=back`);
    const silent = client.buildAuthorizationUrl(config, codeRequest({ prompt: 'none' }).parameters);
    const { callback } = await authorize(bank, silent, { browser, personId });
    assert.equal(callback?.searchParams.get('error'), 'login_required');
  });

  test('staying signed in ends nothing', async () => {
    const bank = issuer();
    const { config, browser, personId } = await signedIn(bank);
    const page = await signOutPage(bank, browser, {});
    const answer = await confirm(bank, browser, await page.text(), {});
    assert.equal(answer.headers.get('location'), `${bank.issuer}/session/end/success`);
    const silent = client.buildAuthorizationUrl(config, codeRequest({ prompt: 'none' }).parameters);
    const { callback } = await authorize(bank, silent, { browser, personId });
    assert.ok(callback?.searchParams.get('code'));
  });

  test('sign-out leads nowhere else: not to an address of no client, of another client, or nearly right', async () => {
    const bank = issuer();
    const { tokens, browser, application } = await signedIn(bank);
    const other = await bank.createApplication(forPeople({ postLogoutRedirectUris: ['https://other.example/out'] }));
    const refusedAddresses = [
      'https://evil.example/',
      'https://other.example/out',
      `${postLogoutRedirectUri}/`,
      `${postLogoutRedirectUri}?x=1`,
      `${postLogoutRedirectUri}#x`,
      'https://user@client.example/signed-out',
      'https://client.example:8443/signed-out',
      'javascript:alert(1)',
    ];
    for (const address of refusedAddresses) {
      for (const hint of [{ id_token_hint: tokens.id_token ?? '' }, { client_id: application.id }]) {
        const page = await signOutPage(bank, browser, { ...hint, post_logout_redirect_uri: address });
        assert.equal(page.status, 400, address);
        assert.match(await page.text(), /post_logout_redirect_uri not registered/);
      }
    }
    // Nobody says whose address it is: it is passed over.
    const page = await signOutPage(bank, browser, { post_logout_redirect_uri: 'https://evil.example/' });
    const answer = await confirm(bank, browser, await page.text(), { logout: 'yes' });
    assert.equal(answer.headers.get('location'), `${bank.issuer}/session/end/success`);
    const mixed = await signOutPage(bank, browser, { id_token_hint: tokens.id_token ?? '', client_id: other.id });
    assert.equal(mixed.status, 400);
    const forged = await signOutPage(bank, browser, { id_token_hint: `${tokens.id_token?.slice(0, -8)}AAAAAAAA` });
    assert.equal(forged.status, 400);
  });

  test('a form of elsewhere signs nobody out', async () => {
    const bank = issuer();
    const { config, browser, personId } = await signedIn(bank);
    await signOutPage(bank, browser, {});
    const answer = await browser.get(`${bank.issuer}/session/end/confirm`, {
      method: 'POST',
      body: new URLSearchParams({ logout: 'yes', xsrf: '0'.repeat(48) }),
    });
    assert.equal(answer.status, 400);
    const silent = client.buildAuthorizationUrl(config, codeRequest({ prompt: 'none' }).parameters);
    const { callback } = await authorize(bank, silent, { browser, personId });
    assert.ok(callback?.searchParams.get('code'));
  });

  test('without a session the form sends itself on, by a script that the policy names', async () => {
    const bank = issuer();
    const application = await bank.createApplication(forPeople());
    const page = await signOutPage(bank, new Browser(), {
      client_id: application.id,
      post_logout_redirect_uri: postLogoutRedirectUri,
    });
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /script-src 'sha256-[A-Za-z0-9+/=]+';/);
    assert.match(policy, /form-action 'self' https:\/\/client\.example;/);
    assert.match(await page.text(), /<noscript>/);
  });

  test('a sign-in belongs to the browser that began it, and ends once', async () => {
    const bank = issuer();
    const application = await bank.createApplication(forPeople());
    const personId = await bank.createPerson();
    const config = await bank.discover(application.id);
    const url = client.buildAuthorizationUrl(config, codeRequest().parameters);
    const browser = new Browser();
    const begun = await browser.get(url);
    const uid = /\/sign-in\/([^/]+)$/.exec(begun.headers.get('location') ?? '')?.[1] ?? '';
    assert.equal(begun.headers.get('location'), `${bank.base}/sign-in/${uid}`);
    const cookies = begun.headers.getSetCookie();
    assert.ok(cookies.length >= 4);
    for (const cookie of cookies) assert.match(cookie, /; samesite=lax; httponly/i);
    assert.ok(cookies.some((cookie) => cookie.includes(`path=/sign-in/${uid};`)));
    const finish = `${bank.base}/test-sign-in/${uid}?${new URLSearchParams({ personId })}`;
    assert.equal((await new Browser().get(finish)).status, 410);
    const forger = new Browser();
    forger.cookies.set('rollcall-interaction', uid);
    forger.cookies.set('rollcall-interaction.sig', 'x'.repeat(27));
    assert.equal((await forger.get(finish)).status, 410);
    const done = await browser.get(finish);
    const resumed = await browser.get(done.headers.get('location') ?? '');
    assert.match(resumed.headers.get('location') ?? '', /^https:\/\/client\.example\/callback\?code=/);
    const again = await browser.get(done.headers.get('location') ?? '');
    assert.equal(again.status, 400);
    assert.match(await again.text(), /Sign-in did not work/);
  });

  test('the page of an error is a page, without what was sent and without a stack; JSON for who asks for it', async () => {
    const bank = issuer();
    const url = `${bank.issuer}/auth?client_id=${encodeURIComponent('<script>alert(1)</script>')}&state=%22%3E%3Cimg%3E`;
    const page = await fetch(url, { headers: { accept: 'text/html' } });
    assert.equal(page.status, 400);
    assert.match(page.headers.get('content-type') ?? '', /^text\/html/);
    const html = await page.text();
    assert.doesNotMatch(html, /<script|<img|node_modules/);
    assert.match(page.headers.get('content-security-policy') ?? '', /^default-src 'none';script-src;/);
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    assert.ok(page.headers.get('request-id'));
    const json = await fetch(url, { headers: { accept: 'application/json' } });
    assert.match(await json.text(), /"error":"invalid_(client|request)"/);
    assert.doesNotMatch(bank.bank.log.join('\n'), /alert|<img/);
  });

  test('another person at the same browser ends the session of the first', async () => {
    const bank = issuer();
    const { config, browser } = await signedIn(bank);
    const second = await bank.createPerson();
    const url = client.buildAuthorizationUrl(config, codeRequest({ prompt: 'login' }).parameters);
    const { last } = await authorize(bank, url, { browser, personId: second });
    assert.equal(last.status, 200);
    assert.match(last.headers.get('content-security-policy') ?? '', /form-action 'self' https:\/\/client\.example;/);
    const answer = await confirm(bank, browser, await last.text(), { logout: 'yes' });
    const resumed = await browser.get(answer.headers.get('location') ?? '');
    assert.match(resumed.headers.get('location') ?? '', /^https:\/\/client\.example\/callback\?code=/);
  });
});

async function signedIn(bank: IssuerBank) {
  const application = await bank.createApplication(forPeople());
  const personId = await bank.createPerson();
  const config = await bank.discover(application.id);
  const browser = new Browser();
  const tokens = await signIn(bank, config, { browser, personId });
  return { application, config, tokens, browser, personId };
}

async function signOutPage({ issuer }: IssuerBank, browser: Browser, parameters: Record<string, string>) {
  return await browser.get(`${issuer}/session/end?${new URLSearchParams(parameters)}`, {
    headers: { accept: 'text/html' },
  });
}

async function confirm({ issuer }: IssuerBank, browser: Browser, html: string, choice: Record<string, string>) {
  const xsrf = /name="xsrf" value="([0-9a-zA-Z_-]+)"/.exec(html)?.[1] ?? '';
  return await browser.get(`${issuer}/session/end/confirm`, {
    method: 'POST',
    body: new URLSearchParams({ xsrf, ...choice }),
  });
}
