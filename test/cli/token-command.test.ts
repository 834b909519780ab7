import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { decodeJwt } from 'jose';
import { createOperatorToken } from '../../src/cli/operator-token.ts';
import { type Scope, scopes } from '../../src/modules/access/index.ts';
import { institutionId, startTestApp, type TestApp } from '../support/app.ts';
import { forEachEngine } from '../support/engines.ts';
import { makeTestFolder } from '../support/test-folder.ts';
import { runCommand } from './run-command.ts';

const hourSeconds = 3_600;
const url = '/service/customerAudiences';

forEachEngine((engine) => {
  let bank: TestApp;
  before(async () => {
    bank = await startTestApp(engine);
  });
  after(() => bank.close());

  const tokenOf = (name: string, granted: readonly Scope[], more: { roles?: readonly ('viewer' | 'auditor')[] } = {}) =>
    createOperatorToken(bank, { institutionId, name, scopes: granted, expiresInSeconds: hourSeconds, ...more });
  const change = async (statement: string, id: string) =>
    await bank.database.asOperator((tx) => tx.client.query(statement, [id]));
  const findApplication = async (id: string) =>
    await bank.database.asOperator((tx) =>
      tx.db.selectFrom('application').selectAll().where('id', '=', id).executeTakeFirstOrThrow(),
    );

  test('an operator token is of the application of that name, whose scopes grow', async () => {
    const first = await tokenOf('grows', ['bankingAdmin/read']);
    const { sub = '', iss, client_id: clientId, iat = 0, exp } = decodeJwt(first);
    assert.deepEqual([iss, clientId, exp], ['urn:rollcall:operator', sub, iat + hourSeconds]);
    assert.equal((await bank.send({ url, token: first })).statusCode, 200);
    assert.equal((await bank.send({ url: '/service/customers', token: first })).statusCode, 403);
    const second = await tokenOf('grows', ['customers/read']);
    assert.equal(decodeJwt(second).sub, sub);
    assert.equal((await bank.send({ url: '/service/customers', token: second })).statusCode, 200, 'at once');
    assert.equal((await bank.send({ url, token: second })).statusCode, 403, 'a token has the scopes asked');
    const row = await findApplication(sub);
    assert.deepEqual(row.scopes, ['bankingAdmin/read', 'customers/read']);
    assert.deepEqual(row.roles, ['viewer', 'analyst', 'exporter', 'administrator']);
    assert.deepEqual([row.authentication_type, row.created_by], ['clientCredentials', 'operator']);
    const audited = await bank.database.asOperator((tx) =>
      tx.db.selectFrom('audit_entry').select(['operation', 'principal_id']).where('resource', '=', sub).execute(),
    );
    assert.deepEqual(audited, Array(2).fill({ operation: 'createAccessToken', principal_id: 'operator' }));
  });

  test('roles are those asked; without, those that the application has', async () => {
    const asked = await tokenOf('roles', scopes, { roles: ['auditor'] });
    assert.deepEqual((await findApplication(decodeJwt(asked).sub ?? '')).roles, ['auditor']);
    const kept = await tokenOf('roles', scopes);
    assert.deepEqual((await findApplication(decodeJwt(kept).sub ?? '')).roles, ['auditor']);
    assert.equal((await bank.send({ url: '/service/auditEntries', token: kept })).statusCode, 200);
  });

  test('two commands of one name at once make one application', async () => {
    const tokens = await Promise.all([1, 2, 3].map(() => tokenOf('race', ['bankingAdmin/read'])));
    assert.equal(new Set(tokens.map((token) => decodeJwt(token).sub)).size, 1);
  });

  test('an application that a machine uses, or that is disabled, gets no token', async () => {
    const { sub = '' } = decodeJwt(await tokenOf('machine', ['bankingAdmin/read']));
    await change(
      `insert into application_secret (institution_id, application_id, id, secret_hash, created_at)
       select institution_id, id, 's', '\\x00', now() from application where id = $1`,
      sub,
    );
    await assert.rejects(tokenOf('machine', scopes), /a machine uses the application machine/);
    assert.deepEqual((await findApplication(sub)).scopes, ['bankingAdmin/read']);
    const disabled = decodeJwt(await tokenOf('disabled', scopes)).sub ?? '';
    await change(`update application set state = 'disabled' where id = $1`, disabled);
    await assert.rejects(tokenOf('disabled', scopes), /the application disabled is disabled/);
  });

  if (engine.name === 'embedded') return;
  let folder = '';
  before(async () => {
    folder = await makeTestFolder();
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('token create prints the token alone; 1 to 30 days; none beside an issuer of your own', async () => {
    const { url: databaseUrl = '' } = await engine.freshLocation();
    const environment = { ROLLCALL_DATABASE_URL: databaseUrl, ROLLCALL_MASTER_KEY: randomBytes(32).toString('base64') };
    const run = (argv: readonly string[], more: Record<string, string> = {}) =>
      runCommand(argv, { folder, environment: { ...environment, ...more } });
    assert.equal((await run(['migrate'])).code, 0);
    assert.equal((await run(['institution', 'create', 'BANK', '--name', 'Bank'])).code, 0);
    const create = ['token', 'create', '--institution', 'BANK', '--scope', 'bankingAdmin/read'];
    const made = await run([...create, '--name', 'reports', '--expires-in-days', '30', '--role', 'viewer']);
    assert.deepEqual([made.code, made.stderr], [0, '']);
    const { iat = 0, exp, scope } = decodeJwt(made.stdout.trim());
    assert.deepEqual([exp, scope], [iat + 30 * 24 * hourSeconds, 'bankingAdmin/read']);
    const refused: [string[], Record<string, string>, RegExp][] = [
      [['--expires-in-days', '31'], {}, /1 to 30: a token cannot be called back one by one/],
      [['--expires-in-days', '0'], {}, /1 to 30/],
      [['--role', 'owner'], {}, /--role must be one of viewer/],
      [['--name', 'x'.repeat(81)], {}, /--name must have 1 to 80 characters/],
      [[], { ROLLCALL_ISSUER_URL: 'https://issuer.example' }, /tokens come from the issuer of ROLLCALL_ISSUER_URL/],
    ];
    for (const [options, more, expected] of refused) {
      const { code, stdout, stderr } = await run([...create, ...options], more);
      assert.deepEqual([code, stdout], [1, ''], options.join(' '));
      assert.match(stderr, /^rollcall: [^\n]+\n$/);
      assert.match(stderr, expected);
    }
  });
});
