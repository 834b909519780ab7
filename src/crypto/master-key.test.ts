import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { StartRefused } from '../lib/start-refused.ts';
import { loadMasterKeys } from './master-key.ts';
import { replaceKeyFile } from './master-key-file.ts';

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-key-'));
});
after(async () => {
  await rm(directory, { recursive: true, force: true });
});

test('the first start makes a private file in a private directory; later starts read the same key', async () => {
  const file = join(directory, 'keys', 'master.key');
  const load = async (createIfMissing: boolean) => (await loadMasterKeys({ file, createIfMissing })).list();
  const keys = await Promise.all([1, 2, 3].map(() => load(true)));
  assert.deepEqual([keys[0]?.length, keys[0]?.[0].key.length], [1, 32]);
  assert.deepEqual(keys[1], keys[0]);
  assert.deepEqual(keys[2], keys[0]);
  assert.deepEqual(await load(false), keys[0]);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(join(directory, 'keys'))).mode & 0o777, 0o700);
});

test('a key that others can read is refused', async () => {
  const file = join(directory, 'open.key');
  await loadMasterKeys({ file, createIfMissing: true });
  await chmod(file, 0o640);
  await assert.rejects(loadMasterKeys({ file, createIfMissing: false }), StartRefused);
});

test('a key that others can replace is refused; a sticky directory protects it', async () => {
  const folder = join(directory, 'shared');
  await mkdir(folder);
  const file = join(folder, 'master.key');
  await writeFile(file, `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 });
  await chmod(folder, 0o770);
  await assert.rejects(loadMasterKeys({ file, createIfMissing: false }), StartRefused);
  for (const mode of [0o1777, 0o755, 0o700]) {
    await chmod(folder, mode);
    assert.equal((await loadMasterKeys({ file, createIfMissing: false })).list()[0].key.length, 32);
  }
});

test('no key is made where others can look, and an existing one is never replaced', async () => {
  const folder = join(directory, 'public');
  await mkdir(folder);
  await chmod(folder, 0o755);
  await assert.rejects(loadMasterKeys({ file: join(folder, 'master.key'), createIfMissing: true }), StartRefused);
  assert.deepEqual(await readdir(folder), []);
  const short = join(folder, 'short.key');
  await writeFile(short, 'c2hvcnQ=\n', { mode: 0o600 });
  await assert.rejects(loadMasterKeys({ file: short, createIfMissing: true }), StartRefused);
  assert.equal(await readFile(short, 'utf8'), 'c2hvcnQ=\n');
});

test('what is no file of a few lines is refused, and nothing waits for it', async () => {
  const long = join(directory, 'long.key');
  await writeFile(long, 'A'.repeat(2_000), { mode: 0o600 });
  const pipe = join(directory, 'pipe.key');
  execFileSync('mkfifo', ['-m', '600', pipe]);
  const folder = join(directory, 'folder.key');
  await mkdir(folder, { mode: 0o700 });
  for (const file of [long, pipe, folder, join(long, 'master.key')]) {
    await assert.rejects(loadMasterKeys({ file, createIfMissing: false }), StartRefused);
    await assert.rejects(loadMasterKeys({ file, createIfMissing: true }), StartRefused);
  }
});

test('no key, a missing file, a short or a garbled key: refused in one line without the key', async () => {
  const short = join(directory, 'short.key');
  await writeFile(short, 'c2hvcnQ=\n', { mode: 0o600 });
  const attempts = [
    () => loadMasterKeys({ createIfMissing: true }),
    () => loadMasterKeys({ file: join(directory, 'absent.key'), createIfMissing: false }),
    () => loadMasterKeys({ file: short, createIfMissing: false }),
    () => loadMasterKeys({ value: 'not base64 of 32 bytes', createIfMissing: true }),
  ];
  for (const attempt of attempts) {
    await assert.rejects(attempt, (error) => {
      assert.ok(error instanceof StartRefused);
      assert.doesNotMatch(error.message, /\n|c2hvcnQ|not base64/);
      return true;
    });
  }
});

test('the environment wins over the file', async () => {
  const file = join(directory, 'other.key');
  await loadMasterKeys({ file, createIfMissing: true });
  const value = Buffer.alloc(32, 7).toString('base64');
  const keys = await loadMasterKeys({ file, value, createIfMissing: false });
  assert.deepEqual(
    keys.list().map(({ key }) => key),
    [new Uint8Array(32).fill(7)],
  );
  assert.notEqual((await readFile(file, 'utf8')).trim(), value);
});

const keyLine = (byte: number) => Buffer.alloc(32, byte).toString('base64');

test('several keys, from the file and from the environment: the first wraps', async () => {
  const file = join(directory, 'several.key');
  await writeFile(file, `${keyLine(1)}\r\n\n  ${keyLine(2)}\n`, { mode: 0o600 });
  const fromFile = await loadMasterKeys({ file, createIfMissing: false });
  const fromEnvironment = await loadMasterKeys({ value: `${keyLine(1)}, ${keyLine(2)}`, createIfMissing: false });
  assert.deepEqual(
    fromFile.list().map(({ key }) => key[0]),
    [1, 2],
  );
  assert.deepEqual(fromEnvironment.list(), fromFile.list());
  const ids = fromFile.list().map(({ id }) => id);
  assert.ok(
    ids.every((id) => id > 0 && id < 65_536),
    String(ids),
  );
  await writeFile(file, `${keyLine(3)}\n`);
  await fromFile.reload();
  assert.equal(fromFile.list()[0].key[0], 3);
});

test('a damaged file: empty, cut, with a line that is no key, with a key twice: refused in one line', async () => {
  const file = join(directory, 'damaged.key');
  const texts = [
    '',
    '\n',
    keyLine(1).slice(0, 20),
    `${keyLine(1)}\n${keyLine(2).slice(1)}\n`,
    `${keyLine(1)}\n`.repeat(2),
  ];
  for (const text of texts) {
    await writeFile(file, text, { mode: 0o600 });
    await assert.rejects(loadMasterKeys({ file, createIfMissing: false }), (error) => {
      assert.ok(error instanceof StartRefused, String(error));
      assert.doesNotMatch(error.message, /\n|AQEB/);
      return true;
    });
  }
  await assert.rejects(loadMasterKeys({ value: `${keyLine(1)},${keyLine(1)}`, createIfMissing: false }), StartRefused);
});

test('a key file is replaced as a whole, and keeps its mode', async () => {
  const file = join(directory, 'replaced.key');
  await writeFile(file, `${keyLine(1)}\n`, { mode: 0o600 });
  await replaceKeyFile(file, [keyLine(2), keyLine(1)]);
  assert.equal(await readFile(file, 'utf8'), `${keyLine(2)}\n${keyLine(1)}\n`);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.deepEqual(
    (await readdir(directory)).filter((name) => name.startsWith('replaced')),
    ['replaced.key'],
  );
  await assert.rejects(replaceKeyFile(join(directory, 'absent.key'), [keyLine(2)]), StartRefused);
});
