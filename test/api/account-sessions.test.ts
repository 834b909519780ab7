import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createApplication } from '../../src/modules/applications/index.ts';
import { institutionId, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { choicesOf, fill, hiddenOf, isSignedIn, proof, statusOf, twoBrowsers } from './account-data.ts';
import { password, trailOf } from './people-data.ts';
import {
  alertOf,
  headingOf,
  personAt,
  secureBase,
  signInToPortal,
  startSignInBank,
  TestBrowser,
  type TestPerson,
  typeCredentials,
} from './sign-in-data.ts';

const redirectUri = 'https://crm.bank.example/callback';

interface Tokens {
  readonly access_token: string;
  readonly refresh_token: string;
}

interface SignedInApplication {
  readonly browser: TestBrowser;
  readonly clientId: string;
  readonly tokens: Tokens;
  refresh(): Promise<{ statusCode: number; tokens: Tokens }>;
}

/** Signs somebody in to an application of their bank, in a browser of its own. */
async function signInToApplication(bank: TestApp, person: TestPerson, name: string): Promise<SignedInApplication> {
  const { id: clientId } = await bank.database.asOperator((tx) =>
    createApplication(tx, {
      institutionId,
      name,
      authenticationType: 'authorizationCode',
      clientAuthentication: 'none',
      redirectUris: [redirectUri],
      scopes: ['bankingAdmin/read'],
      at: bank.clock.now(),
      by: 'operator',
    }),
  );
  const browser = new TestBrowser(bank);
  const verifier = randomBytes(32).toString('base64url');
  await browser.visit(
    `/oidc/auth?${new URLSearchParams({
      client_id: clientId,
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: 'openid offline_access bankingAdmin/read',
      prompt: 'consent',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })}`,
  );
  await typeCredentials(browser, person);
  const code = new URL(browser.address).searchParams.get('code') ?? '';
  const ask = async (form: Readonly<Record<string, string>>) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', host: new URL(secureBase).host };
    const payload = new URLSearchParams({ client_id: clientId, ...form }).toString();
    const answer = await bank.app.inject({ method: 'POST', url: '/oidc/token', headers, payload });
    return { statusCode: answer.statusCode, tokens: answer.json<Tokens>() };
  };
  const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier };
  const given = await ask(form);
  assert.equal(given.statusCode, 200, JSON.stringify(given.tokens));
  let { tokens } = given;
  return {
    browser,
    clientId,
    get tokens() {
      return tokens;
    },
    async refresh() {
      const answer = await ask({ grant_type: 'refresh_token', refresh_token: tokens.refresh_token });
      if (answer.statusCode === 200) tokens = answer.tokens;
      return answer;
    },
  };
}

async function works(bank: TestApp, { tokens }: SignedInApplication): Promise<boolean> {
  const { statusCode } = await bank.send({ url: '/service/customerAudiences', token: tokens.access_token });
  return statusCode === 200;
}

forEachEngine((engine) => {
  test('one sees where one is signed in: since when, last seen, from where', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser } = await twoBrowsers(bank);
    await signInToPortal(bank, await personAt(bank));
    const application = await signInToApplication(bank, person, 'Campaigns <CRM>');
    await application.refresh();
    await browser.visit('/account/sessions');
    const choices = choicesOf(browser);
    assert.equal(choices.length, 3, 'another browser, one application, all');
    assert.match(
      choices[0]?.text ?? '',
      /^ *Rollcall in a browser[\s\S]*signed in[\s\S]*last seen[\s\S]*from +127\.0\.0\.1/,
    );
    assert.match(choices[1]?.text ?? '', /^ *Campaigns &lt;CRM&gt;[\s\S]*signed in/);
    assert.equal(choices[2]?.id, 'others');
    assert.equal(browser.page?.body.match(/<p class="session">/g)?.length, 1, 'this one apart');
    const secrets = [...browser.cookies.values()];
    for (const secret of secrets) assert.doesNotMatch(browser.page?.body ?? '', new RegExp(secret.slice(0, 30)));
  });

  test('one other session ends at once, at the issuer too; this one stays', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser, other } = await twoBrowsers(bank);
    await browser.visit('/account/sessions');
    const [{ id } = { id: '' }] = choicesOf(browser);
    await fill(browser, '/account/sessions', { ...proof(person), session: id });
    assert.equal(statusOf(browser), 'It is signed out.');
    assert.ok((await isSignedIn(browser)) && !(await isSignedIn(other)));
    assert.deepEqual((await trailOf(bank, person.id)).at(-1)?.detail, { session: id });
    const sessions = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('oidc_record').select('kind').where('person_hash', 'is not', null).execute(),
    );
    assert.equal(sessions.filter(({ kind }) => kind === 'Session').length, 1, 'of this browser');
    assert.equal(sessions.filter(({ kind }) => kind === 'RefreshToken').length, 1);

    await fill(browser, '/account/sessions', { ...proof(person), session: id });
    assert.equal(alertOf(browser), 'This one has ended already.');
  });

  test("another person's session, and one's own, cannot be chosen", async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser, other } = await twoBrowsers(bank);
    const stranger = await twoBrowsers(bank);
    await stranger.browser.visit('/account/sessions');
    await other.visit('/account/sessions');
    const theirs = choicesOf(stranger.browser)[0]?.id ?? '';
    const mine = choicesOf(other)[0]?.id ?? '';
    for (const session of [theirs, mine, '0'.repeat(20)]) {
      await fill(browser, '/account/sessions', { ...proof(person), session });
      assert.deepEqual([browser.page?.statusCode, alertOf(browser)], [422, 'This one has ended already.']);
    }
    for (const session of ['', 'all', `${theirs}0`, '../others']) {
      await fill(browser, '/account/sessions', { ...proof(person), session });
      assert.equal(browser.page?.statusCode, 400, session);
    }
    for (const one of [browser, other, stranger.browser, stranger.other]) assert.ok(await isSignedIn(one));
  });

  test('ending takes the password and the code', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser, other } = await twoBrowsers(bank);
    await browser.visit('/account/sessions');
    for (const session of choicesOf(browser).map(({ id }) => id)) {
      for (const fields of [{ password: 'not my password' }, { code: '000000' }]) {
        await fill(browser, '/account/sessions', { password, code: '000000', ...fields, session });
        assert.match(alertOf(browser) ?? '', /^The password or the code is not right\./);
      }
      bank.clock.advance(60_000);
      await browser.visit('/account/sessions', {
        method: 'POST',
        form: { csrf: hiddenOf(browser).csrf ?? '', session },
      });
      assert.match(alertOf(browser) ?? '', /^The password or the code is not right\./);
    }
    assert.ok((await isSignedIn(browser)) && (await isSignedIn(other)));
    const denied = (await trailOf(bank, person.id)).filter(({ outcome }) => outcome === 'denied');
    assert.equal(denied.length, 6);
  });

  test('everything else ends at once: browsers, applications and their access tokens', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser, other } = await twoBrowsers(bank);
    const application = await signInToApplication(bank, person, 'Campaigns');
    const stranger = await twoBrowsers(bank);
    assert.ok(await works(bank, application));
    await fill(browser, '/account/sessions', { ...proof(person), session: 'others' });
    assert.equal(headingOf(browser), 'Your account', browser.page?.body);
    assert.equal(statusOf(browser), 'Everything else that was signed in is signed out.');
    assert.ok(await isSignedIn(browser));
    assert.deepEqual([await isSignedIn(other), await works(bank, application)], [false, false]);
    assert.equal((await application.refresh()).statusCode, 400);
    for (const one of [stranger.browser, stranger.other]) assert.ok(await isSignedIn(one));
    await browser.visit('/account/sessions');
    assert.deepEqual(
      choicesOf(browser).map(({ id }) => id),
      ['others'],
    );
  });

  test('one application ends alone: it gets no new tokens', async () => {
    await using bank = await startSignInBank(engine);
    const { person, browser, other } = await twoBrowsers(bank);
    const application = await signInToApplication(bank, person, 'Campaigns');
    const kept = await signInToApplication(bank, person, 'Reports');
    await browser.visit('/account/sessions');
    const { id = '' } = choicesOf(browser).find(({ text }) => text.includes('Campaigns')) ?? {};
    await application.refresh();
    await fill(browser, '/account/sessions', { ...proof(person), session: id });
    assert.equal(statusOf(browser), 'It is signed out.');
    assert.equal((await application.refresh()).statusCode, 400);
    assert.equal((await kept.refresh()).statusCode, 200);
    assert.ok(await isSignedIn(other));
    assert.ok(choicesOf(browser).every(({ text }) => !text.includes('Campaigns')));
    assert.deepEqual((await trailOf(bank, person.id)).at(-1)?.detail, { session: id, kind: 'application' });
    const asked = await application.browser.send(
      `/oidc/auth?${new URLSearchParams({ client_id: application.clientId, response_type: 'code', redirect_uri: redirectUri, scope: 'openid', code_challenge: 'A'.repeat(43), code_challenge_method: 'S256' })}`,
    );
    assert.match(String(asked.headers.location), /\/sign-in\//, "the issuer's session of that browser is gone");
  });
});
