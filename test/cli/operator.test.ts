import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { prepareDataDir } from '../support/embedded-source.ts';
import { forEachEngine } from '../support/engines.ts';
import { makeTestFolder } from '../support/test-folder.ts';
import { rollcall, runCommand, runProcess, said, startProcess } from './run-command.ts';

let folder = '';
before(async () => {
  folder = await makeTestFolder();
  for (const name of ['stopped', 'other']) await prepareDataDir(join(folder, name));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

const oneLine = /^rollcall: [^\n]+\n$/;

test('a server that has said where it listens no longer dies of a signal', async () => {
  const environment = { ROLLCALL_DATA_DIR: join(folder, 'stopped'), ROLLCALL_METRICS_PORT: '0', ROLLCALL_PORT: '0' };
  let saidBefore = 'never asked';
  const untilStopped = async ({ stdout, stderr }: { stdout: string; stderr: string }) => {
    saidBefore = stdout + stderr;
  };
  const { code, stderr } = await runCommand(['serve'], { folder, environment, untilStopped });
  assert.deepEqual([code, saidBefore], [0, '']);
  assert.match(stderr, /listens on http.*Stopping: /s);
});

test('an embedded installation from nothing: institution, key, token, server, second server, stop', async () => {
  const environment = { ROLLCALL_DATA_DIR: join(folder, 'data'), ROLLCALL_METRICS_PORT: '0', ROLLCALL_PORT: '0' };
  const run = (...argv: string[]) => runCommand(argv, { folder, environment });

  const before = await run('doctor');
  assert.match(before.stdout, /^warn +engine +embedded, no data in \S+ yet/m);
  const made = await run('institution', 'create', 'DEMOBANK', '--name', 'Demo Bank');
  assert.deepEqual([made.code, made.stderr], [0, '']);
  const again = await run('institution', 'create', 'DEMOBANK', '--name', 'Demo Bank');
  assert.equal(again.code, 1);
  assert.match(again.stderr, oneLine);
  const keyFile = join(folder, 'data-keys', 'master.key');
  assert.equal((await stat(keyFile)).mode & 0o777, 0o600);
  assert.equal((await stat(join(folder, 'data-keys'))).mode & 0o777, 0o700);

  const server = startProcess([...rollcall, 'serve'], { folder, environment });
  const [, address = ''] = await said(server.stderr, /listens on (http:\S+);/);
  const token = await run('token', 'create', '--institution', 'DEMOBANK', '--scope', 'bankingAdmin/read');
  assert.match(token.stdout, /^[-\w]+\.[-\w]+\.[-\w]+\n$/, 'the token alone, made beside the running server');
  const listed = await run('audiences', 'list', '--server', address, '--token', token.stdout.trim(), '--json');
  assert.deepEqual(JSON.parse(listed.stdout), { items: [], count: 0 });
  const second = await runProcess([...rollcall, 'serve'], { folder, environment });
  assert.equal(second.code, 1);
  assert.match(second.stderr, /^rollcall: the data directory .* is in use by process \d+: one server at a time\n$/);
  const healthy = await run('doctor');
  assert.equal(healthy.code, 0, healthy.stdout);
  assert.doesNotMatch(healthy.stdout, /^(warn|fail)/m);

  server.kill('SIGTERM');
  const [code] = await once(server, 'exit');
  assert.equal(code, 0);

  await chmod(keyFile, 0o644);
  const open = await run('doctor', '--json');
  assert.equal(open.code, 1);
  assert.match(open.stderr, oneLine);
  assert.match(open.stdout, /"state": "fail",\s+"message": "Others can read/);
  await rm(keyFile);
  const lost = await runProcess([...rollcall, 'serve'], { folder, environment });
  assert.equal(lost.code, 1, 'a lost key is not replaced by a new one');
  assert.match(lost.stderr, /^rollcall: The master key file \S+ cannot be read\.\n$/);
});

forEachEngine((engine) => {
  if (engine.name === 'embedded') return;
  test('with a PostgreSQL server the master key must be given, and doctor looks at all of it', async () => {
    const { url = '' } = await engine.freshLocation();
    const environment = { ROLLCALL_DATABASE_URL: url, ROLLCALL_METRICS_PORT: '0' };
    const run = (argv: string[], more: Record<string, string> = {}) =>
      runCommand(argv, { folder, environment: { ...environment, ...more } });
    assert.equal((await run(['migrate'])).stdout, 'The schema is up to date.\n');
    const without = await run(['institution', 'create', 'BANK', '--name', 'Bank']);
    assert.equal(without.code, 1);
    assert.match(without.stderr, /^rollcall: A master key must be given: [^\n]+\n$/);
    const key = { ROLLCALL_MASTER_KEY: randomBytes(32).toString('base64') };
    const made = await run(['institution', 'create', 'BANK', '--name', 'Bank'], key);
    assert.deepEqual([made.code, made.stderr], [0, '']);
    const doctor = await run(['doctor', '--json'], key);
    assert.equal(doctor.code, 0, doctor.stdout);
    assert.ok(!doctor.stdout.includes(key.ROLLCALL_MASTER_KEY) && !doctor.stdout.includes(url), 'secrets are masked');
    const { checks }: { checks: { name: string; state: string }[] } = JSON.parse(doctor.stdout);
    assert.deepEqual(
      checks.map(({ name, state }) => `${name} ${state}`),
      ['runtime ok', 'engine ok', 'schema ok', 'keys ok', 'institutions ok', 'disk ok'],
    );
    const wrongKey = await run(['doctor'], { ROLLCALL_MASTER_KEY: randomBytes(32).toString('base64') });
    assert.equal(wrongKey.code, 1);
    assert.match(wrongKey.stdout, /^fail +keys /m);
  });
});

test('a port that is taken is said in one line', async () => {
  const blocker = startProcess(
    [
      process.execPath,
      '-e',
      'const s=require("net").createServer().listen(0,"127.0.0.1",()=>console.log(s.address().port))',
    ],
    { folder },
  );
  const [port] = await once(blocker.stdout.setEncoding('utf8'), 'data');
  const environment = { ROLLCALL_DATA_DIR: join(folder, 'other'), ROLLCALL_METRICS_PORT: '0' };
  const refused = await runProcess([...rollcall, 'serve', '--port', String(port).trim()], { folder, environment });
  blocker.kill();
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^rollcall: port \d+ is taken: choose another one with ROLLCALL_PORT or --port\n$/);
});

test('wrong words and settings: one line, exit code 1, no stack, no value', async () => {
  const cases: [string[], Record<string, string>, RegExp][] = [
    [['imprt'], {}, /unknown command 'imprt' \(Did you mean import\?\)/],
    [['import', 'x'], {}, /required option '--type/],
    [['import', 'x', '--type', 'taxIdNumber', '--name', 'n'], {}, /no access token/],
    [['import', 'x', '--type', 'taxIdNumber', '--name', 'n', '--token', 't'], {}, /cannot read x \(ENOENT\)/],
    [['audiences', 'list', '--token', 't', '--server', 'ftp://x'], {}, /--server must be an address/],
    [['audiences', 'list', '--token', 'a b'], {}, /characters that none has/],
    [['token', 'create', '--institution', 'X', '--scope', 'all'], {}, /--scope must be one of bankingAdmin\/read/],
    [['institution', 'create', 'demo', '--name', 'x'], {}, /2 to 8 capital letters/],
    [['serve', '--port', '99999'], {}, /it must be a port number/],
    [['doctor'], { ROLLCALL_PROT: '1' }, /ROLLCALL_PROT is not a setting. Did you mean ROLLCALL_PORT\?/],
    [['migrate'], { ROLLCALL_DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/d' }, /./],
  ];
  for (const [argv, environment, expected] of cases) {
    const { code, stdout, stderr } = await runCommand(argv, { folder, environment });
    assert.deepEqual([code, stdout], [1, ''], argv.join(' '));
    assert.match(stderr, oneLine);
    assert.match(stderr, expected);
    assert.doesNotMatch(stderr, /hunter2|at .*:\d+:\d+/);
  }
});

test('help and version are results, not errors', async () => {
  for (const argv of [[], ['--help'], ['import', '--help']]) {
    const { code, stdout, stderr } = await runCommand(argv, { folder });
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(stdout, /^Usage: rollcall/);
  }
  const manifest: { version: string } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  assert.equal((await runCommand(['--version'], { folder })).stdout, `${manifest.version}\n`);
});
