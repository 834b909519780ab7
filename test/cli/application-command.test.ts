import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { OpenDatabase } from '../../src/db/database.ts';
import { openDatabase } from '../../src/db/open.ts';
import { findClient, verifySecret } from '../../src/modules/applications/index.ts';
import { forEachEngine } from '../support/engines.ts';
import { makeTestFolder } from '../support/test-folder.ts';
import { runCommand } from './run-command.ts';

let folder = '';
before(async () => {
  folder = await makeTestFolder();
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

const secretPattern = /rcs_[-\w]{43}/;
const keyPattern = /rck_[-\w]{43}/;

forEachEngine((engine) => {
  let environment: Record<string, string>;
  let database: OpenDatabase;

  const run = (...argv: string[]) => runCommand(argv, { folder, environment });
  const application = (...argv: string[]) => run('application', ...argv);
  async function result(...argv: string[]) {
    const { code, stdout, stderr } = await application(...argv, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }
  const create = (...more: string[]) =>
    result('create', '--institution', 'DEMOBANK', '--name', 'Machine', '--scope', 'bankingAdmin/read', ...more);

  before(async () => {
    const { url, dataDir = join(folder, 'none') } = await engine.freshLocation();
    // Open like a server's, so that each command reaches it and none starts an engine of its own.
    database = await openDatabase({ url, dataDir, purpose: 'server' });
    environment = {
      ROLLCALL_DATA_DIR: dataDir,
      ROLLCALL_METRICS_PORT: '0',
      ROLLCALL_MASTER_KEY: randomBytes(32).toString('base64'),
      ...(url === undefined ? {} : { ROLLCALL_DATABASE_URL: url }),
    };
    for (const id of ['DEMOBANK', 'OTHERBNK']) {
      const made = await run('institution', 'create', id, '--name', id);
      assert.equal(made.code, 0, made.stderr);
    }
  });

  after(() => database.close());

  /** What the token endpoint would find. */
  async function clientOf(id: string) {
    const client = await database.inAuthentication((tx) => findClient(tx, id));
    assert.ok(client !== undefined);
    const operations = await database.asOperator((tx) =>
      tx.db
        .selectFrom('audit_entry')
        .select(['institution_id', 'operation', 'principal_id'])
        .where('resource', '=', id)
        .orderBy('institution_id')
        .orderBy('sequence')
        .execute(),
    );
    return { client, operations };
  }

  test('an application is made with a secret that works and is shown once', async () => {
    const made = await application(
      ...['create', '--institution', 'DEMOBANK', '--name', 'Campaign manager', '--role', 'analyst', '--api-key'],
      ...['--scope', 'bankingAdmin/read,bankingAdmin/write', '--scope', 'identity/read', '--owner', 'Marketing'],
    );
    assert.deepEqual([made.code, made.stderr], [0, '']);
    assert.match(made.stdout, /^Application "Campaign manager" of DEMOBANK is made\.\n\nclient id +[0-9a-f]{20}\n/);
    assert.match(made.stdout, /\nsecret +rcs_[-\w]{43}\nAPI key +rck_[-\w]{43}\n/);
    assert.match(
      made.stdout,
      /\nKeep the secret and the API key now: they are not stored here and not shown again\.\n$/,
    );
    const id = /client id +(\S+)/.exec(made.stdout)?.[1] ?? '';
    const { client, operations } = await clientOf(id);
    assert.ok(verifySecret(client, secretPattern.exec(made.stdout)?.[0] ?? '', new Date()));
    assert.deepEqual(client.scopes, ['bankingAdmin/read', 'bankingAdmin/write', 'identity/read']);
    assert.deepEqual([client.roles, client.institutionIds], [['analyst'], ['DEMOBANK']]);
    assert.deepEqual(operations, [
      { institution_id: 'DEMOBANK', operation: 'createApplication', principal_id: 'operator' },
    ]);
    const shown = await application('show', id);
    assert.match(shown.stdout, /^Campaign manager\n/);
    assert.match(shown.stdout, /\nacts for +DEMOBANK\n/);
    assert.match(shown.stdout, /\nAPI key +active\n/);
    assert.match(shown.stdout, /\nsecret [0-9a-f]{20}, made /);
    assert.doesNotMatch(shown.stdout, secretPattern);
    const listed = await application('list', '--institution', 'DEMOBANK');
    assert.match(listed.stdout, /^name +type +state +institutions +id\n/);
    assert.match(listed.stdout, new RegExp(`\\nCampaign manager +clientCredentials +active +DEMOBANK +${id}\\n`));
    assert.equal((await result('list', '--institution', 'OTHERBNK')).count, 0);
  });

  test('an application that people sign in through', async () => {
    const { id, secret, apiKey } = await create(
      ...['--type', 'authorizationCode', '--authentication', 'none', '--redirect-uri', 'http://127.0.0.1:9/back'],
    );
    assert.deepEqual([secret, apiKey], [undefined, undefined]);
    const { client } = await clientOf(id);
    assert.deepEqual([client.clientAuthentication, client.redirectUris], ['none', ['http://127.0.0.1:9/back']]);
  });

  test('rotate-secret keeps the one before for a while, or ends all at once', async () => {
    const made = await create();
    const rotated = await application('rotate-secret', made.id, '--keep-hours', '2');
    assert.equal(rotated.code, 0, rotated.stderr);
    assert.match(rotated.stdout, /\nThe secret before it works until \d{4}-\d\d-\d\d \d\d:\d\d UTC\.\n$/);
    const second = secretPattern.exec(rotated.stdout)?.[0] ?? '';
    const { client } = await clientOf(made.id);
    const inThreeHours = new Date(Date.now() + 3 * 3_600_000);
    assert.ok(verifySecret(client, made.secret, new Date()) && verifySecret(client, second, new Date()));
    assert.ok(!verifySecret(client, made.secret, inThreeHours) && verifySecret(client, second, inThreeHours));

    const third = await application('rotate-secret', made.id);
    assert.deepEqual([third.code, third.stdout], [1, '']);
    assert.match(third.stderr, /^rollcall: [^\n]*Two secrets are valid already[^\n]*\n$/);
    const { secret } = await result('rotate-secret', made.id, '--keep-hours', '0');
    const after = await clientOf(made.id);
    assert.ok(verifySecret(after.client, secret, new Date()));
    for (const old of [made.secret, second]) assert.ok(!verifySecret(after.client, old, new Date()));
    assert.ok(after.client.tokensValidAfter > client.tokensValidAfter);
  });

  test('rotate-key, disable, enable, grant and its end', async () => {
    const { id } = await create();
    const rotated = await application('rotate-key', id);
    assert.match(rotated.stdout, keyPattern);
    assert.match(rotated.stdout, /Keep the API key now: it is not stored here/);
    assert.equal((await application('disable', id)).stdout.startsWith(`Application ${id} is disabled.`), true);
    assert.equal((await clientOf(id)).client.state, 'disabled');
    assert.deepEqual(await result('enable', id), { id, state: 'active' });
    assert.equal((await application('grant', id, '--institution', 'OTHERBNK')).code, 0);
    const granted = await clientOf(id);
    assert.deepEqual(granted.client.institutionIds, ['DEMOBANK', 'OTHERBNK']);
    assert.ok(
      granted.operations.some((entry) => entry.institution_id === 'OTHERBNK'),
      'audited there too',
    );
    assert.equal((await application('grant', id, '--institution', 'OTHERBNK', '--end')).code, 0);
    assert.deepEqual((await clientOf(id)).client.institutionIds, ['DEMOBANK']);
  });

  test('what cannot be done is one line', async () => {
    const common = ['create', '--institution', 'DEMOBANK', '--name', 'x'];
    const cases: [string[], RegExp][] = [
      [['show', 'f'.repeat(20)], /no application with this id/],
      [['disable', 'f'.repeat(20)], /no application with this id/],
      [['rotate-secret', 'f'.repeat(20)], /no application with this id/],
      [[...common, '--scope', 'all'], /--scope must be one of bankingAdmin\/read/],
      [[...common, '--scope', 'bankingAdmin/read', '--role', 'king'], /--role must be one of viewer/],
      [['create', '--institution', 'NOWHERE', '--name', 'x', '--scope', 'identity/read'], /no institution NOWHERE/],
      [['create', '--institution', 'DEMOBANK', '--name', '\u202ex', '--scope', 'identity/read'], /--name must have/],
      [[...common, '--scope', 'identity/read', '--type', 'authorizationCode'], /needs a redirect URI/],
      [['rotate-secret', 'x', '--keep-hours', '-1'], /it must be a number of hours/],
    ];
    for (const [argv, expected] of cases) {
      const { code, stdout, stderr } = await application(...argv);
      assert.deepEqual([code, stdout], [1, ''], argv.join(' '));
      assert.match(stderr, /^rollcall: [^\n]+\n$/);
      assert.match(stderr, expected);
    }
  });
});
