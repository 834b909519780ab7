import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createApplication } from '../../src/modules/applications/index.ts';
import { institutionId, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { startSignInBank, TestBrowser } from './sign-in-data.ts';

const remoteAddress = '192.0.2.7';
/** Nobody believes it: no proxy is trusted. */
const headers = { 'x-forwarded-for': '203.0.113.9' };

/** Who came from where, where no audit trail has it. */
forEachEngine((engine) => {
  let bank: TestApp;
  let application: Awaited<ReturnType<typeof createApplication>>;
  before(async () => {
    bank = await startSignInBank(engine);
    application = await bank.database.asOperator((tx) =>
      createApplication(tx, {
        institutionId,
        name: 'Core',
        authenticationType: 'clientCredentials',
        scopes: ['bankingAdmin/read', 'bankingAdmin/write'],
        at: bank.clock.now(),
        by: 'operator',
      }),
    );
  });
  after(() => bank.close());

  async function linesOf(message: string, act: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
    const from = bank.log.length;
    await act();
    const lines = bank.log.slice(from).map((line) => JSON.parse(line));
    assert.ok(lines.length > 0);
    return lines.filter(({ msg }) => msg === message);
  }

  const askToken = async (clientId: string, secret: string) =>
    await bank.app.inject({
      method: 'POST',
      url: '/oidc/token',
      remoteAddress,
      headers: {
        ...headers,
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
      },
      payload: 'grant_type=client_credentials&scope=bankingAdmin/read',
    });

  test('a refused token: why and from where', async () => {
    const authorization = 'Bearer nobody.knows.this';
    const ask = { url: '/service/customerAudiences', remoteAddress, headers: { ...headers, authorization } };
    const [line, ...others] = await linesOf('access refused', () => bank.app.inject(ask));
    assert.equal(others.length, 0);
    assert.equal(line?.address, remoteAddress);
    assert.ok(typeof line?.reason === 'string' && typeof line.requestId === 'string');
  });

  test('a refusal of the issuer: from where, and which application where it is one', async () => {
    for (const clientId of [application.id, 'a-name-of-nobody']) {
      const [line] = await linesOf('issuer refused', async () => {
        assert.equal((await askToken(clientId, 'wrong')).statusCode, 401);
      });
      const { endpoint, error, address, applicationId } = line ?? {};
      const known = clientId === application.id ? clientId : undefined;
      assert.deepEqual([endpoint, error, address, applicationId], ['token', 'invalid_client', remoteAddress, known]);
      assert.doesNotMatch(JSON.stringify(line), /of-nobody|203\.0/);
    }
  });

  test('a token for an application: which, what for and from where, and nothing of the token', async () => {
    let token = '';
    const [line, ...others] = await linesOf('application got a token', async () => {
      const answer = await askToken(application.id, application.secret ?? '');
      assert.equal(answer.statusCode, 200, answer.body);
      token = answer.json().access_token;
    });
    assert.equal(others.length, 0);
    const { address, applicationId, scopes } = line ?? {};
    assert.deepEqual([address, applicationId, scopes], [remoteAddress, application.id, ['bankingAdmin/read']]);
    assert.ok(!bank.log.join('\n').includes(token.slice(-20)));
  });

  test('a try with a name that nobody has: from where, without the name', async () => {
    const browser = new TestBrowser(bank);
    await browser.visit('/session/sign-in');
    const lines = await linesOf('sign-in refused', () =>
      browser.submit({ loginName: 'nobody.at.all@bank.example', password: 'a password of nobody' }),
    );
    assert.deepEqual(
      lines.map(({ address, reason }) => [address, reason]),
      [['127.0.0.1', 'unknown']],
    );
    assert.doesNotMatch(bank.log.join('\n'), /nobody\.at\.all|password of nobody/);
  });
});
