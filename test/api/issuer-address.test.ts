import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../../src/config.ts';
import { createBaseUrl } from '../../src/http/base-url.ts';
import { startTestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { Browser, codeRequest, forPeople, startIssuer } from './issuer-client.ts';

const publicUrl = 'https://rollcall.example/bank';

forEachEngine((engine) => {
  test('before anything is listened on, the issuer has the address of the settings', async () => {
    await using bank = await startTestApp(engine);
    const metadata = await bank.send({ url: '/oidc/.well-known/openid-configuration', token: null });
    assert.equal(metadata.json().issuer, 'http://127.0.0.1:8787/oidc');
  });

  test('behind a public address every link and cookie is of that address', async () => {
    await using bank = await startIssuer(engine, { config: readConfig({ ROLLCALL_PUBLIC_URL: publicUrl }) });
    const metadata: unknown = await (await fetch(`${bank.issuer}/.well-known/openid-configuration`)).json();
    assert.ok(typeof metadata === 'object' && metadata !== null);
    const addresses = Object.entries(metadata).filter(([name]) => /^issuer$|_endpoint$|_uri$/.test(name));
    assert.ok(addresses.length >= 7);
    for (const [name, address] of addresses)
      assert.match(String(address), /^https:\/\/rollcall\.example\/bank\/oidc/, name);

    const { id } = await bank.createApplication(forPeople());
    const personId = await bank.createPerson();
    const browser = new Browser();
    const parameters = { response_type: 'code', client_id: id, ...codeRequest().parameters };
    const begun = await browser.get(`${bank.issuer}/auth?${new URLSearchParams(parameters)}`);
    const signInAddress = begun.headers.get('location') ?? '';
    const uid = signInAddress.slice(signInAddress.lastIndexOf('/') + 1);
    assert.equal(signInAddress, `${publicUrl}/sign-in/${uid}`);
    const done = await browser.get(`${bank.base}/test-sign-in/${uid}?${new URLSearchParams({ personId })}`);
    assert.equal(done.headers.get('location'), `${publicUrl}/oidc/auth/${uid}`);
    const resumed = await browser.get(`${bank.issuer}/auth/${uid}`);
    assert.match(resumed.headers.get('location') ?? '', /[?&]iss=https%3A%2F%2Frollcall\.example%2Fbank%2Foidc(&|$)/);

    const cookies = [...begun.headers.getSetCookie(), ...resumed.headers.getSetCookie()];
    for (const cookie of cookies) {
      assert.match(cookie, /; secure; httponly/i, cookie.split('=')[0]);
      // Without a prefix, who is on the way of plain HTTP to the same host could plant one (RFC 6265bis, 4.1.3).
      assert.match(cookie, /^__(?:Host|Secure)-rollcall-/);
    }
    assert.ok(cookies.some((cookie) => cookie.includes(`path=/bank/sign-in/${uid};`)));
    const session = cookies.find((cookie) => cookie.startsWith('__Host-rollcall-issuer='));
    assert.match(session ?? '', /; path=\/;/);
    assert.doesNotMatch(session ?? '', /expires|domain/i);
  });
});

test('the base address is the public one, else one that can be called', () => {
  const base = (changes: object) =>
    createBaseUrl({ publicUrl: undefined, host: '127.0.0.1', port: 8787, ...changes })();
  assert.equal(base({ publicUrl }), publicUrl);
  assert.equal(base({}), 'http://127.0.0.1:8787');
  assert.equal(base({ host: '0.0.0.0' }), 'http://127.0.0.1:8787');
  assert.equal(base({ host: '::' }), 'http://[::1]:8787');
  assert.equal(base({ host: '::1' }), 'http://[::1]:8787');
  assert.equal(base({ host: 'rollcall.internal', port: 80 }), 'http://rollcall.internal:80');
});
