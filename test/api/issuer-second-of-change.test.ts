import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import * as client from 'openid-client';
import { forEachEngine } from '../support/engines.ts';
import { forPeople, type IssuerBank, shareIssuer, signIn } from './issuer-client.ts';

/** Tokens tell their age in whole seconds: what is before a change and what after it, when both are in one second. */
forEachEngine((engine) => {
  const issuer = shareIssuer(engine);

  test('a token asked for right after a change that ended earlier ones holds', async () => {
    const bank = issuer();
    const application = await bank.createApplication({ roles: ['viewer'] });
    const config = await bank.discover(application.id, client.ClientSecretBasic(application.secret));
    await earlyInASecond();
    await endTokens(bank, application.id);
    const { access_token: token } = await client.clientCredentialsGrant(config);
    assert.equal(await statusOf(bank, token), 200);
  });

  test('a change while a token waits for the second to end refuses it', async (t) => {
    const bank = issuer();
    const application = await bank.createApplication({ roles: ['viewer'] });
    const config = await bank.discover(application.id, client.ClientSecretBasic(application.secret));
    // The clock stands early in a second, so the request waits for its end, however late it comes.
    t.mock.timers.enable({ apis: ['Date'], now: Math.ceil(Date.now() / 1_000) * 1_000 + 100 });
    await endTokens(bank, application.id);
    onceRead(t, bank, application.id, () => endTokens(bank, application.id, new Date(Date.now() + 300)));
    await assert.rejects(
      client.clientCredentialsGrant(config),
      (error) => error instanceof client.ResponseBodyError && error.error === 'invalid_client',
    );
  });

  test('somebody who signs in right after a sign-out everywhere stays signed in', async () => {
    const bank = issuer();
    const application = await bank.createApplication(forPeople());
    const personId = await bank.createPerson();
    const config = await bank.discover(application.id);
    await earlyInASecond();
    await endTokens(bank, personId);
    const tokens = await signIn(bank, config, { personId, changes: offline });
    assert.equal(await statusOf(bank, tokens.access_token), 200);
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token ?? '');
    assert.equal(await statusOf(bank, refreshed.access_token), 200);
  });

  test('what was signed in in the second of a sign-out everywhere ends with it', async () => {
    const bank = issuer();
    const application = await bank.createApplication(forPeople());
    const personId = await bank.createPerson();
    const config = await bank.discover(application.id);
    const tokens = await signIn(bank, config, { personId, changes: offline });
    const signedInAt = Number(tokens.claims()?.auth_time ?? tokens.claims()?.iat);
    await endTokens(bank, personId, new Date(signedInAt * 1_000 + 999));
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token ?? ''), isInvalidGrant);
  });

  test('what an application was given in the second in which its tokens were ended ends with them', async () => {
    const bank = issuer();
    const application = await bank.createApplication(forPeople());
    const config = await bank.discover(application.id);
    const tokens = await signIn(bank, config, { personId: await bank.createPerson(), changes: offline });
    const issuedAt = Number(tokens.claims()?.iat);
    await endTokens(bank, application.id, new Date(issuedAt * 1_000 + 999));
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token ?? ''), isInvalidGrant);
  });
});

const offline = { scope: 'openid offline_access bankingAdmin/read', prompt: 'consent' };

function isInvalidGrant(error: unknown): boolean {
  return error instanceof client.ResponseBodyError && error.error === 'invalid_grant';
}

/** Does the work once the application has been read, before the one who reads it goes on. */
function onceRead(t: TestContext, { bank }: IssuerBank, id: string, work: () => Promise<void>): void {
  let isDone = false;
  const read = bank.database.inAuthentication;
  t.mock.method(bank.database, 'inAuthentication', async (...order: Parameters<typeof read>) => {
    const found = await read(...order);
    if (isDone || typeof found !== 'object' || found === null || !('id' in found) || found.id !== id) return found;
    isDone = true;
    await work();
    return found;
  });
}

/** Waits until most of a second is left. */
async function earlyInASecond(): Promise<void> {
  const past = Date.now() % 1_000;
  if (past > 200) await delay(1_050 - past);
}

async function endTokens(bank: IssuerBank, id: string, at = new Date()): Promise<void> {
  const changes = { tokens_valid_after: at };
  await bank.bank.database.asOperator(async (tx) => {
    await tx.db.updateTable('application').set(changes).where('id', '=', id).execute();
    await tx.db.updateTable('user_account').set(changes).where('id', '=', id).execute();
  });
  bank.bank.access.forget(id);
}

async function statusOf(bank: IssuerBank, token: string): Promise<number> {
  return (await bank.bank.send({ method: 'GET', url: '/service/customerAudiences', token })).statusCode;
}
