import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { seedCustomers } from '../../bench/support/seed-audience.ts';
import { createKeyring } from '../../src/crypto/keyring.ts';
import { openDatabase } from '../../src/db/open.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { createInstitution } from '../../src/modules/institutions/index.ts';
import { startChild } from '../support/child-process.ts';
import { prepareDataDir } from '../support/embedded-source.ts';
import { forEachEngine } from '../support/engines.ts';
import { makeTestFolder } from '../support/test-folder.ts';
import { rollcall, runCommand, said, startProcess } from './run-command.ts';

const haltingCommand = new URL('../support/children/halting-command.ts', import.meta.url);

let folder = '';
before(async () => {
  folder = await makeTestFolder();
  for (const name of ['data', 'fresh']) await prepareDataDir(join(folder, name));
});
after(async () => await rm(folder, { recursive: true, force: true }));

const environment = () => ({
  ROLLCALL_DATA_DIR: join(folder, 'data'),
  ROLLCALL_METRICS_PORT: '0',
  ROLLCALL_PORT: '0',
});
const run = (argv: string[], more: Record<string, string> = {}) =>
  runCommand(argv, { folder, environment: { ...environment(), ...more } });

test('every key is rotated beside a running server, which goes on', async () => {
  assert.equal((await run(['institution', 'create', 'DEMOBANK', '--name', 'Demo Bank'])).code, 0);
  const keyFile = join(folder, 'data-keys', 'master.key');
  const oldKey = await readFile(keyFile, 'utf8');
  const server = startProcess([...rollcall, 'serve'], { folder, environment: environment() });
  const [, address = ''] = await said(server.stderr, /listens on (http:\S+);/);
  const token = await run(['token', 'create', '--institution', 'DEMOBANK', '--scope', 'bankingAdmin/read']);
  const list = async () =>
    await run(['audiences', 'list', '--server', address, '--token', token.stdout.trim(), '--json']);
  assert.equal((await list()).code, 0);

  const master = await run(['keys', 'rotate', 'master']);
  assert.deepEqual([master.code, master.stderr], [0, '']);
  assert.match(master.stdout, /^\d+ keys wrapped anew; .*\nThe old key is out of \S+\. Back the new file up now\.\n$/);
  assert.notEqual(await readFile(keyFile, 'utf8'), oldKey);
  const made = await run(['institution', 'create', 'OTHERBNK', '--name', 'Other']);
  assert.equal(made.code, 0, made.stderr);

  const data = await run(['keys', 'rotate', 'data', '--institution', 'DEMOBANK']);
  assert.deepEqual([data.code, data.stderr], [0, '']);
  assert.equal(data.stdout, 'DEMOBANK data: key 2, 0 customers made anew, the old key is retired.\n');
  const index = await run(['keys', 'rotate', 'index', '--json']);
  assert.equal(index.code, 0, index.stderr);
  const { rotations }: { rotations: { institution: string; state: string }[] } = JSON.parse(index.stdout);
  assert.deepEqual([rotations.length, new Set(rotations.map(({ state }) => state))], [10, new Set(['completed'])]);

  assert.equal((await list()).code, 0);
  assert.equal((await run(['audit', 'verify'])).code, 0);
  const healthy = await run(['doctor']);
  assert.equal(healthy.code, 0, healthy.stdout);
  server.kill('SIGTERM');
  assert.equal((await once(server, 'exit'))[0], 0);

  await writeFile(keyFile, oldKey, { mode: 0o600 });
  const wrong = await run(['keys', 'rotate', 'data']);
  assert.equal(wrong.code, 1);
  assert.match(wrong.stderr, /^rollcall: The master key does not open the keys of this database[^\n]+\n$/);
});

forEachEngine((engine) => {
  test('killed in the middle: run again it goes on with the same key, and nothing is left under the old one', async () => {
    const location = await engine.freshLocation();
    const masterKey = randomBytes(32);
    const customers = 12_000;
    const seeded = await openDatabase({ ...location, purpose: 'command' });
    const keyring = createKeyring({ database: seeded, masterKey, clock: systemClock });
    const bench = { id: 'BENCH', name: 'Bench', at: new Date() };
    await seeded.asOperator((tx) => createInstitution({ keyring }, tx, bench));
    await seedCustomers(seeded, { customers, masterKey });
    await seeded.close();

    const settings: Record<string, string> = {
      ...(location.url === undefined
        ? { ROLLCALL_DATA_DIR: location.dataDir }
        : { ROLLCALL_DATABASE_URL: location.url }),
      ROLLCALL_MASTER_KEY: masterKey.toString('base64'),
    };
    const argv = ['keys', 'rotate', 'data'];
    const killed = startChild(haltingCommand, { argv, environment: settings, haltAt: 'BENCH data 25%' });
    assert.deepEqual(await killed.next(), { step: 'halted' });
    await killed.kill();
    const again = await runCommand(argv, { folder, environment: settings });
    assert.deepEqual(
      [again.code, again.stdout],
      [0, 'BENCH data: key 2, 12,000 customers made anew, the old key is retired.\n'],
    );

    const database = await openDatabase({ ...location, purpose: 'command' });
    const { rows } = await database.asOperator((tx) =>
      tx.client.query(`select get_byte(profile, 2) as profile, get_byte(identifiers, 2) as identifiers,
        count(*)::integer as count from customer group by 1, 2`),
    );
    const rotations = await database.asOperator((tx) => tx.client.query('select state from key_rotation'));
    await database.close();
    assert.deepEqual(rows, [{ profile: 2, identifiers: 2, count: customers }]);
    assert.deepEqual(rotations.rows, [{ state: 'completed' }], 'the same rotation');
  });
});

test('what does not fit is refused in one line', async () => {
  const cases: [string[], Record<string, string>, RegExp][] = [
    [['keys', 'rotate', 'mac'], {}, /Allowed choices are master, data, index/],
    [['keys', 'rotate', 'master', '--institution', 'X'], {}, /one master key for all/],
    [['keys', 'rotate', 'data', '--type', 'username'], {}, /--type goes with index/],
    [['keys', 'rotate', 'data', '--keep-old'], {}, /--keep-old goes with the master key/],
    [['keys', 'rotate', 'index', '--type', 'customerId'], {}, /--type must be one of taxIdNumber/],
  ];
  for (const [argv, more, expected] of cases) {
    const { code, stdout, stderr } = await run(argv, more);
    assert.deepEqual([code, stdout], [1, ''], argv.join(' '));
    assert.match(stderr, /^rollcall: [^\n]+\n$/);
    assert.match(stderr, expected);
  }
});

test('a key of the environment says what to do; a key inside the data folder is refused', async () => {
  const dataDir = join(folder, 'fresh');
  const key = Buffer.alloc(32, 5).toString('base64');
  const given = { ROLLCALL_DATA_DIR: dataDir, ROLLCALL_MASTER_KEY: key };
  assert.equal((await run(['institution', 'create', 'BANK', '--name', 'B'], given)).code, 0);
  const refused = await run(['keys', 'rotate', 'master'], given);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /^rollcall: The master key comes from ROLLCALL_MASTER_KEY: put a new one and a comma/);
  const two = { ...given, ROLLCALL_MASTER_KEY: `${Buffer.alloc(32, 6).toString('base64')},${key}` };
  const done = await run(['keys', 'rotate', 'master'], two);
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stdout, /Now take the old key out of ROLLCALL_MASTER_KEY/);
  assert.equal((await run(['keys', 'rotate', 'data'], given)).code, 1, 'the old key opens nothing');

  const inside = join(dataDir, 'keys', 'master.key');
  await mkdir(join(dataDir, 'keys'), { mode: 0o700 });
  await writeFile(inside, `${key}\n`, { mode: 0o600 });
  for (const command of [['keys', 'rotate', 'data'], ['doctor']]) {
    const there = await run(command, { ROLLCALL_DATA_DIR: dataDir, ROLLCALL_MASTER_KEY_FILE: inside });
    assert.equal(there.code, 1);
    assert.match(there.stdout + there.stderr, /lies inside the data directory/);
  }
});
