import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { forEachEngine } from '../support/engines.ts';
import { authorize, Browser, codeRequest, forPeople, type IssuerBank, shareIssuer, signIn } from './issuer-client.ts';

const offline = { scope: 'openid offline_access bankingAdmin/read' };

forEachEngine((engine) => {
  const issuer = shareIssuer(engine);

  test('a refresh token is given for offline_access, without asking for consent, and changes with each use', async () => {
    const bank = issuer();
    const { config, tokens } = await signedIn(bank);
    assert.ok(tokens.refresh_token);
    const second = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.ok(second.refresh_token);
    assert.notEqual(second.refresh_token, tokens.refresh_token);
    const { payload } = await jwtVerify(second.access_token, createRemoteJWKSet(new URL(`${bank.issuer}/jwks`)), {
      issuer: bank.issuer,
      audience: 'urn:rollcall:api',
      typ: 'at+jwt',
    });
    assert.match(String(payload.scope), /bankingAdmin\/read/);
    const third = await client.refreshTokenGrant(config, second.refresh_token, { scope: 'bankingAdmin/read' });
    assert.equal(third.scope, 'bankingAdmin/read');
    await refused(
      client.refreshTokenGrant(config, third.refresh_token ?? '', { scope: 'customers/write' }),
      'invalid_scope',
    );
  });

  test('a refresh token that comes twice ends the whole grant', async () => {
    const bank = issuer();
    const before = await grantRecordCount(bank);
    const { config, tokens } = await signedIn(bank);
    const second = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    await refused(client.refreshTokenGrant(config, tokens.refresh_token ?? ''), 'invalid_grant');
    await refused(client.refreshTokenGrant(config, second.refresh_token ?? ''), 'invalid_grant');
    assert.equal(await grantRecordCount(bank), before);
  });

  test('of two uses at once one gets a token at most, and the grant ends', async () => {
    const bank = issuer();
    const { config, tokens } = await signedIn(bank);
    const uses = await Promise.allSettled(
      Array.from({ length: 4 }, () => client.refreshTokenGrant(config, tokens.refresh_token ?? '')),
    );
    const won = uses.filter((use) => use.status === 'fulfilled');
    assert.ok(won.length <= 1, `${won.length} got a token`);
    for (const { value } of won)
      await refused(client.refreshTokenGrant(config, value.refresh_token ?? ''), 'invalid_grant');
  });

  test('nothing of a token, code or session is readable in the database or the log', async () => {
    const bank = issuer();
    const { tokens } = await signedIn(bank);
    const { rows } = await bank.bank.database.asOperator((tx) =>
      tx.client.query<{ text: string }>(
        "select encode(sealed, 'escape') || encode(id_hash, 'escape') as text from oidc_record",
      ),
    );
    assert.ok(rows.length >= 3);
    const stored = rows.map(({ text }) => text).join('\n') + bank.bank.log.join('\n');
    for (const secret of [tokens.refresh_token, tokens.access_token, tokens.id_token]) {
      assert.ok(secret);
      assert.ok(!stored.includes(secret));
    }
    assert.doesNotMatch(stored, /example\.com|redirect|accountId/);
  });

  test('revocation ends the grant; another client cannot, and does not learn that the token exists', async () => {
    const bank = issuer();
    const { config, tokens } = await signedIn(bank);
    const stranger = await bank.createApplication({});
    const strange = await bank.discover(stranger.id, client.ClientSecretBasic(stranger.secret));
    await client.tokenRevocation(strange, tokens.refresh_token ?? '');
    const second = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    await client.tokenRevocation(config, second.refresh_token ?? '');
    await client.tokenRevocation(config, 'no-such-token');
    await refused(client.refreshTokenGrant(config, second.refresh_token ?? ''), 'invalid_grant');
    // Access tokens are not stored: RFC 7009 section 2.2.1 has a word for it.
    await refused(client.tokenRevocation(config, second.access_token), 'unsupported_token_type');
  });

  test('introspection tells a client of its own tokens, and says of all others that they are not active', async () => {
    const bank = issuer();
    const { config, tokens, personId } = await signedIn(bank);
    const active = await client.tokenIntrospection(config, tokens.refresh_token ?? '');
    assert.equal(active.active, true);
    assert.equal(active.sub, personId);
    const stranger = await bank.createApplication({});
    const strange = await bank.discover(stranger.id, client.ClientSecretBasic(stranger.secret));
    assert.deepEqual(await client.tokenIntrospection(strange, tokens.refresh_token ?? ''), { active: false });
    assert.deepEqual(await client.tokenIntrospection(config, 'no-such-token'), { active: false });
    await change(bank, personId, { state: 'disabled' });
    assert.deepEqual(await client.tokenIntrospection(config, tokens.refresh_token ?? ''), { active: false });
  });

  test('who is disabled, or has signed out everywhere, gets no new token; who may again, does', async () => {
    const bank = issuer();
    const { config, tokens, personId } = await signedIn(bank);
    await change(bank, personId, { state: 'disabled' });
    await refused(client.refreshTokenGrant(config, tokens.refresh_token ?? ''), 'invalid_grant');
    await change(bank, personId, { state: 'active' });
    const second = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    await change(bank, personId, { tokens_valid_after: soon() });
    await refused(client.refreshTokenGrant(config, second.refresh_token ?? ''), 'invalid_grant');
  });

  test('a session of before a sign-out everywhere asks for a new sign-in', async () => {
    const bank = issuer();
    const { config, browser, personId } = await signedIn(bank);
    const silent = client.buildAuthorizationUrl(config, codeRequest({ prompt: 'none' }).parameters);
    const known = await authorize(bank, silent, { browser, personId });
    assert.ok(known.callback?.searchParams.get('code'));
    await change(bank, personId, { tokens_valid_after: soon() });
    const gone = await authorize(bank, silent, { browser, personId });
    assert.equal(gone.callback?.searchParams.get('error'), 'login_required');
  });

  test('an application whose scopes were taken away gets fewer; one that is disabled, or whose tokens were ended, nothing', async () => {
    const bank = issuer();
    const { config, tokens, application } = await signedIn(bank);
    await change(bank, application.id, { scopes: ['identity/read'] });
    const narrowed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    assert.doesNotMatch(String(narrowed.scope), /bankingAdmin/);
    await change(bank, application.id, { tokens_valid_after: soon() });
    await refused(client.refreshTokenGrant(config, narrowed.refresh_token ?? ''), 'invalid_grant');
    await change(bank, application.id, { tokens_valid_after: new Date(0), state: 'disabled' });
    await refused(client.refreshTokenGrant(config, narrowed.refresh_token ?? ''), 'invalid_client');
  });
});

async function signedIn(bank: IssuerBank) {
  const application = await bank.createApplication(forPeople());
  const personId = await bank.createPerson();
  const config = await bank.discover(application.id);
  const browser = new Browser();
  const tokens = await signIn(bank, config, { browser, personId, changes: offline });
  return { application, config, tokens, browser, personId };
}

/** Grants, and what was given out under them. */
async function grantRecordCount(bank: IssuerBank): Promise<number> {
  const { rows } = await bank.bank.database.asOperator((tx) =>
    tx.client.query("select from oidc_record where kind in ('Grant', 'RefreshToken', 'AuthorizationCode')"),
  );
  return rows.length;
}

/** Of a person or an application: their ids are never the same. */
async function change(
  bank: IssuerBank,
  id: string,
  changes: { state?: 'active' | 'disabled'; tokens_valid_after?: Date; scopes?: string[] },
): Promise<void> {
  const { scopes, ...both } = changes;
  await bank.bank.database.asOperator(async (tx) => {
    await tx.db.updateTable('application').set(changes).where('id', '=', id).execute();
    if (scopes === undefined) await tx.db.updateTable('user_account').set(both).where('id', '=', id).execute();
  });
}

/** Later than the second in which the test has begun. */
function soon(): Date {
  return new Date(Date.now() + 2_000);
}

async function refused(request: Promise<unknown>, error: string): Promise<void> {
  await assert.rejects(request, (thrown) => {
    assert.ok(thrown instanceof client.ResponseBodyError, String(thrown));
    assert.equal(thrown.error, error);
    return true;
  });
}
