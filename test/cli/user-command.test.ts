import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { firstStartLines, prepareFirstStart } from '../../src/cli/first-start.ts';
import { linkBase } from '../../src/cli/link-base.ts';
import { createKeyring } from '../../src/crypto/keyring.ts';
import type { OpenDatabase } from '../../src/db/database.ts';
import { openDatabase } from '../../src/db/open.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createAudit } from '../../src/modules/audit/index.ts';
import { createPeople } from '../../src/modules/people/index.ts';
import { forEachEngine } from '../support/engines.ts';
import { makeTestFolder } from '../support/test-folder.ts';
import { rollcall, runCommand, said, startProcess } from './run-command.ts';

let folder = '';
before(async () => {
  folder = await makeTestFolder();
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

const linkPattern = /^http:\/\/127\.0\.0\.1:9999\/sign-in\/link\/[-\w]{43}$/m;

forEachEngine((engine) => {
  test('setup makes the first administrator once; user manages people; each act is in the trail', async () => {
    const { url, dataDir } = await engine.freshLocation();
    // As beside a running server: the commands reach the engine by its socket, instead of starting it each time.
    await using _server = disposable(
      url === undefined ? await openDatabase({ url, dataDir, purpose: 'server', connectionsMax: 4 }) : undefined,
    );
    const environment: Record<string, string> = {
      ...(url === undefined ? { ROLLCALL_DATA_DIR: dataDir } : { ROLLCALL_DATABASE_URL: url }),
      ROLLCALL_MASTER_KEY: randomBytes(32).toString('base64'),
      ROLLCALL_PORT: '9999',
    };
    const run = async (...argv: string[]) => await runCommand(argv, { folder, environment });
    const ok = async (...argv: string[]) => {
      const { code, stdout, stderr } = await run(...argv);
      assert.deepEqual([code, stderr], [0, ''], argv.join(' '));
      return stdout;
    };
    const refused = async (expected: RegExp, ...argv: string[]) => {
      const { code, stdout, stderr } = await run(...argv);
      assert.deepEqual([code, stdout], [1, ''], argv.join(' '));
      assert.match(stderr, /^rollcall: [^\n]+\n$/);
      assert.match(stderr, expected);
    };

    const setup = ['setup', '--institution', 'ACME', '--login', 'Ann@acme.example'];
    const made = await ok(...setup, '--name', 'Acme Bank', '--person-name', 'Ann');
    assert.match(made, /Institution ACME is made/);
    const again = await ok(...setup, '--application', 'Importer');
    assert.match(again, /^client id {6}[0-9a-f]{20}\nclient secret {2}rcs_[-\w]{43}$/m);
    assert.match(await ok(...setup, '--application', 'Importer'), /The application was there/);
    assert.match(again, /Institution ACME was there/);
    assert.notEqual(linkPattern.exec(made)?.[0], linkPattern.exec(again)?.[0]);
    await refused(/has an administrator already/, 'setup', '--institution', 'ACME', '--login', 'second');
    await refused(/2 to 8 capital letters/, 'setup', '--institution', 'acme', '--login', 'x');
    await refused(/that of another account/, 'setup', '--institution', 'OTHER', '--login', 'ann@acme.example');
    await ok('institution', 'create', 'OTHER', '--name', 'Not made by the refused setup');
    await refused(/that of another account/, 'setup', '--institution', 'OTHER', '--login', 'ann@acme.example');

    const configure = (id: string, rule: string) => ['institution', 'settings', id, '--second-factor', rule];
    assert.match(await ok(...configure('ACME', 'nobodyElse')), /administrators, approvers, auditors and exporters/);
    assert.match(await ok(...configure('ACME', 'everybody')), /everybody/);
    await refused(/there is no /, ...configure('NONE', 'everybody'));

    const create = ['user', 'create', '--institution', 'ACME', '--login', 'bob', '--name', 'Bob'];
    assert.match(await ok(...create, '--role', 'viewer,analyst'), linkPattern);
    await refused(/login name/, ...create);
    await refused(/--role must be one of/, ...create, '--role', 'root');
    await refused(/there is no institution NONE/, 'user', 'list', '--institution', 'NONE');
    await refused(/no user account/i, 'user', 'link', 'nobody');
    assert.match(await ok('user', 'link', 'BOB'), linkPattern);
    assert.match(await ok('user', 'roles', 'bob', '--role', 'auditor'), /bob has at ACME: auditor\./);
    assert.match(await ok('user', 'roles', 'bob', '--institution', 'OTHER', '--role', 'viewer'), /at OTHER: viewer/);
    assert.match(await ok('user', 'sign-out', 'bob'), /signed out/);
    assert.match(await ok('user', 'reset-second-factor', 'bob'), /next sign-in/);
    assert.match(await ok('user', 'disable', 'bob'), /disabled/);
    await refused(/disabled/, 'user', 'link', 'bob');
    assert.match(await ok('user', 'enable', 'bob'), /active/);
    await refused(/last active administrator/, 'user', 'disable', 'ann@acme.example');
    const { items } = JSON.parse(await ok('user', 'list', '--json'));
    assert.deepEqual(
      items.map((item: Record<string, unknown>) => [item.institution, item.loginName, item.roles, item.createdBy]),
      [
        ['ACME', 'ann@acme.example', ['administrator'], 'operator'],
        ['ACME', 'bob', ['auditor'], 'operator'],
        ['OTHER', 'bob', ['viewer'], 'operator'],
      ],
    );
    assert.match(
      await ok('user', 'list', '--institution', 'OTHER'),
      /^Bob +bob +OTHER +viewer +active, no password yet +never$/m,
    );
  });

  test('a first start: a link on the embedded engine until one was used, a hint on a server', async () => {
    const database = await engine.freshDatabase();
    const keyring = createKeyring({ database, masterKey: randomBytes(32), clock: systemClock });
    const config = { externalIssuer: undefined };
    const start = () => prepareFirstStart({ config, database, keyring }, { base: 'http://127.0.0.1:9999' });
    const first = await start();
    if (engine.name === 'postgresql') {
      assert.deepEqual(first, { outcome: 'setupNeeded' });
      assert.match(firstStartLines(first).join('\n'), /rollcall setup --institution/);
      return;
    }
    assert.ok(first.outcome === 'link');
    assert.deepEqual([first.institution, first.loginName], ['MYBANK', 'admin']);
    assert.match(firstStartLines(first).join('\n'), linkPattern);
    const second = await start();
    assert.ok(second.outcome === 'link' && second.address !== first.address);
    const audit = createAudit({ keyring });
    const people = createPeople({ database, keyring, clock: systemClock, audit, access: { forget() {} } });
    const redeem = ({ address }: { address: string }) =>
      people.redeemSignInLink({ token: address.split('/').at(-1) ?? '', password: 'a mild winter in Bergen' });
    assert.equal((await redeem(first)).outcome, 'unusable', 'only the newest');
    const redeemed = await redeem(second);
    assert.ok(redeemed.outcome === 'accepted');
    assert.deepEqual(redeemed.person.grants[0]?.roles, ['analyst', 'administrator']);
    assert.deepEqual(await start(), { outcome: 'settled' });
    assert.deepEqual(firstStartLines({ outcome: 'settled' }), []);
  });
});

function disposable(database: OpenDatabase | undefined): AsyncDisposable {
  return { [Symbol.asyncDispose]: async () => await database?.close() };
}

test('the first serve prints where to sign in', async () => {
  const environment = { ROLLCALL_DATA_DIR: join(folder, 'first'), ROLLCALL_METRICS_PORT: '0', ROLLCALL_PORT: '0' };
  const server = startProcess([...rollcall, 'serve'], { folder, environment });
  const [, link = ''] = await said(
    server.stderr,
    /admin of institution MYBANK[^\n]*\n(http:\S+\/sign-in\/link\/\S+)\n/,
  );
  const page = await fetch(link);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /password/i);
  server.kill('SIGTERM');
  await once(server, 'exit');
});

test('a link leads to where the server is reached', () => {
  const config = { publicUrl: undefined, host: '127.0.0.1', port: 8787, server: 'http://127.0.0.1:8787' };
  assert.equal(linkBase(config), 'http://127.0.0.1:8787');
  assert.equal(linkBase({ ...config, publicUrl: 'https://lists.bank.example' }), 'https://lists.bank.example');
  assert.equal(linkBase({ ...config, host: '0.0.0.0', port: 9000 }), 'http://127.0.0.1:9000');
  assert.equal(linkBase({ ...config, host: '::1', port: 9000 }), 'http://[::1]:9000');
  assert.equal(linkBase({ ...config, port: 0, server: 'http://10.0.0.1:1' }), 'http://10.0.0.1:1');
});
