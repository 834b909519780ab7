import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { mock, test } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';
import { addressOf } from '../../src/cli/listen.ts';
import { readConfig } from '../../src/config.ts';
import { scopes } from '../../src/modules/access/index.ts';
import { institutionId, otherInstitutionId, startTestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { choicesOf, hiddenOf, isSignedIn, statusOf } from './account-data.ts';
import { headingOf, secureBase, TestBrowser } from './sign-in-data.ts';

const audience = 'https://rollcall.example.com';
const portal = { id: 'the-portal', secret: 'a secret & of this test: 0123456789' };

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;

/** Another `oidc-provider`, at which somebody is always willing to sign in as `claims.sub`. */
async function startIssuer(claims: { sub: string; institutions: readonly string[]; roles: readonly string[] }) {
  let handle: Handler = async () => {};
  let away = false;
  const server = createServer((request, response) => {
    if (away) response.writeHead(503).end();
    else handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = addressOf(server, '127.0.0.1');
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { kty = 'EC', ...key } = await exportJWK(privateKey);
  const provider = new Provider(url, {
    jwks: { keys: [{ kty, ...key, kid: 'foreign', alg: 'ES256', use: 'sig' }] },
    clients: [
      {
        client_id: portal.id,
        client_secret: portal.secret,
        grant_types: ['authorization_code', 'refresh_token'],
        redirect_uris: [`${secureBase}/session/callback`],
        post_logout_redirect_uris: [`${secureBase}/signed-out`],
      },
    ],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    cookies: { keys: ['a cookie key of this test only'] },
    findAccount: async (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    extraTokenClaims: async () => ({ institutions: claims.institutions, roles: claims.roles, name: 'Grace Hopper' }),
    interactions: { url: () => '/yes' },
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ accountId: claims.sub, clientId: portal.id });
      grant.addOIDCScope('openid offline_access');
      grant.addResourceScope(audience, scopes.join(' '));
      await grant.save();
      return grant;
    },
    issueRefreshToken: async () => true,
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: async () => ({
          scope: scopes.join(' '),
          audience,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  const callback = provider.callback();
  handle = async (request, response) =>
    request.url === '/yes'
      ? await provider.interactionFinished(request, response, { login: { accountId: claims.sub } })
      : await callback(request, response);
  return {
    url,
    setAway(value: boolean) {
      away = value;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** From the issuer's first address to the one back at us. */
async function throughIssuer(start: string): Promise<string> {
  const cookies = new Map<string, string>();
  let address = start;
  for (let step = 0; step < 6 && !address.startsWith(secureBase); step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    assert.ok(location, await response.text());
    address = new URL(location, address).href;
  }
  return address;
}

function configFor(url: string) {
  return readConfig({
    ROLLCALL_PUBLIC_URL: secureBase,
    ROLLCALL_ISSUER_URL: url,
    ROLLCALL_ISSUER_AUDIENCE: audience,
    ROLLCALL_PORTAL_CLIENT_ID: portal.id,
    ROLLCALL_PORTAL_CLIENT_SECRET: portal.secret,
  });
}

forEachEngine((engine) => {
  test('the portal signs in at an external issuer, and out of it', async () => {
    const claims = { sub: 'grace', institutions: [otherInstitutionId, institutionId], roles: ['analyst'] };
    await using issuer = await startIssuer(claims);
    await using bank = await startTestApp(engine, { config: configFor(issuer.url) });
    const browser = new TestBrowser(bank);
    await browser.visit('/session/sign-in?returnTo=/healthz');
    assert.ok(browser.address.startsWith(`${issuer.url}/auth?`), 'the browser goes to the issuer');
    await browser.visit(await throughIssuer(browser.address));
    assert.equal(browser.address, '/healthz', browser.page?.body);

    const session = (await browser.send('/session')).json();
    assert.deepEqual(session.person, { id: 'grace', name: 'Grace Hopper' });
    assert.equal(session.institutions.length, 2);
    assert.deepEqual(session.roles, ['analyst']);
    assert.equal((await browser.send('/service/customerAudiences')).statusCode, 200);

    const headers = { 'x-csrf-token': session.csrfToken };
    const out = await browser.send('/session/sign-out', { method: 'POST', headers });
    assert.equal(out.statusCode, 200, out.body);
    const next = new URL(out.json().next_url);
    assert.equal(next.origin, issuer.url);
    assert.equal(next.searchParams.get('post_logout_redirect_uri'), `${secureBase}/signed-out`);
    assert.equal((await browser.send('/session')).statusCode, 401);
    assert.equal((await browser.send('/sign-in/link/some')).statusCode, 404, 'passwords are not ours then');
  });

  test('somebody without an institution is told so; an issuer that is away too, and nobody stays signed in', async () => {
    const claims = { sub: 'grace', institutions: ['NOWHERE'], roles: ['analyst'] };
    await using issuer = await startIssuer(claims);
    await using bank = await startTestApp(engine, { config: configFor(issuer.url) });
    const browser = new TestBrowser(bank);
    issuer.setAway(true);
    await browser.visit('/session/sign-in');
    assert.equal(browser.page?.statusCode, 503);
    assert.equal(headingOf(browser), 'This did not work');
    issuer.setAway(false);
    await browser.visit('/session/sign-in');
    await browser.visit(await throughIssuer(browser.address));
    assert.equal(browser.page?.statusCode, 403, browser.page?.body);
    assert.match(browser.page?.body ?? '', /may not use Rollcall/);
    assert.equal(browser.cookies.has('__Host-rollcall'), false);
  });

  test('of an account elsewhere one sees and ends the sessions here, after a young sign-in', async () => {
    const claims = { sub: 'grace', institutions: [institutionId], roles: ['analyst'] };
    await using issuer = await startIssuer(claims);
    await using bank = await startTestApp(engine, { config: configFor(issuer.url) });
    const signIn = async () => {
      const browser = new TestBrowser(bank);
      await browser.visit('/session/sign-in?returnTo=/account/sessions');
      await browser.visit(await throughIssuer(browser.address));
      assert.equal(headingOf(browser), 'Where you are signed in', browser.page?.body);
      return browser;
    };
    const end = async (browser: TestBrowser, session: string) => {
      await browser.visit('/account/sessions');
      return await browser.visit('/account/sessions', { method: 'POST', form: { ...hiddenOf(browser), session } });
    };
    const [browser, second, third, fourth] = [await signIn(), await signIn(), await signIn(), await signIn()];
    await browser.visit('/account');
    assert.match(browser.page?.body ?? '', new RegExp(`You sign in at ${new URL(issuer.url).host}`));
    for (const path of ['password', 'authenticator', 'recovery-codes']) {
      const page = await browser.send(`/account/${path}`);
      assert.equal(page.statusCode, 404, path);
      assert.match(page.body, new RegExp(`kept at ${new URL(issuer.url).host}\\. Change them there`));
    }
    await browser.visit('/account/sessions');
    const [first] = choicesOf(browser);
    await end(browser, first?.id ?? '');
    assert.equal(statusOf(browser), 'It is signed out.');
    const left = [await isSignedIn(second), await isSignedIn(third), await isSignedIn(fourth)];
    assert.equal(left.filter((isIn) => isIn).length, 2);
    const trail = await bank.database.asOperator((tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select(['operation', 'principal_id'])
        .where('operation', '=', 'endSession')
        .execute(),
    );
    assert.deepEqual(trail, [{ operation: 'endSession', principal_id: 'grace' }]);

    await end(browser, 'others');
    assert.equal(statusOf(browser), 'Everything else that was signed in is signed out.');
    assert.deepEqual(
      [await isSignedIn(second), await isSignedIn(third), await isSignedIn(fourth)],
      [false, false, false],
    );
    assert.ok(await isSignedIn(browser));

    await browser.visit('/account');
    const out = await browser.send('/account/sign-out', { method: 'POST', form: hiddenOf(browser) });
    assert.match(out.body, new RegExp(`http-equiv="refresh" content="0;url=${issuer.url}/session/end`));
    assert.equal(await isSignedIn(browser), false);
  });

  test('a session at an external issuer has the time of its ID token, which the access token need not say', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    try {
      const claims = { sub: 'grace', institutions: [institutionId], roles: ['administrator'] };
      await using issuer = await startIssuer(claims);
      await using bank = await startTestApp(engine, { config: configFor(issuer.url) });
      const browser = new TestBrowser(bank);
      const signIn = async () => {
        await browser.visit('/session/sign-in?returnTo=/healthz');
        await browser.visit(await throughIssuer(browser.address));
        return { 'x-csrf-token': (await browser.send('/session')).json().csrfToken };
      };
      const json = { name: 'Of theirs', authenticationType: 'clientCredentials', scopes: [] };
      const change = async (headers: Record<string, string>) =>
        (await browser.send('/service/applications?dryRun=true', { method: 'POST', json, headers })).statusCode;
      const headers = await signIn();
      assert.equal(await change(headers), 204);
      mock.timers.setTime(Date.now() + 16 * 60_000);
      assert.equal((await browser.send('/service/applications')).statusCode, 200);
      assert.equal(await change(headers), 401);
      assert.equal(await change(await signIn()), 204);
    } finally {
      mock.timers.reset();
    }
  });

  test('an old sign-in at an external issuer ends no other session', async () => {
    mock.timers.enable({ apis: ['Date'], now: Date.now() });
    try {
      const claims = { sub: 'grace', institutions: [institutionId], roles: ['analyst'] };
      await using issuer = await startIssuer(claims);
      await using bank = await startTestApp(engine, { config: configFor(issuer.url) });
      const browser = new TestBrowser(bank);
      await browser.visit('/session/sign-in?returnTo=/account/sessions');
      await browser.visit(await throughIssuer(browser.address));
      const form = { ...hiddenOf(browser), session: 'others' };
      mock.timers.setTime(Date.now() + 15 * 60_000 + 1_000);
      const refused = await browser.send('/account/sessions', { method: 'POST', form });
      assert.equal(refused.statusCode, 403, refused.body);
      assert.match(refused.body, /sign in again first/);
    } finally {
      mock.timers.reset();
    }
  });
});
