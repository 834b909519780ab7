import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { StartRefused } from '../lib/start-refused.ts';
import { loadMasterKey } from './master-key.ts';

let directory = '';
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-key-'));
});
after(async () => {
  await rm(directory, { recursive: true, force: true });
});

test('the first start makes a private file in a private directory; later starts read the same key', async () => {
  const file = join(directory, 'keys', 'master.key');
  const keys = await Promise.all([1, 2, 3].map(() => loadMasterKey({ file, createIfMissing: true })));
  assert.equal(keys[0]?.length, 32);
  assert.deepEqual(keys[1], keys[0]);
  assert.deepEqual(keys[2], keys[0]);
  assert.deepEqual(await loadMasterKey({ file, createIfMissing: false }), keys[0]);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await stat(join(directory, 'keys'))).mode & 0o777, 0o700);
});

test('a key that others can read is refused', async () => {
  const file = join(directory, 'open.key');
  await loadMasterKey({ file, createIfMissing: true });
  await chmod(file, 0o640);
  await assert.rejects(loadMasterKey({ file, createIfMissing: false }), StartRefused);
});

test('a key that others can replace is refused; a sticky directory protects it', async () => {
  const folder = join(directory, 'shared');
  await mkdir(folder);
  const file = join(folder, 'master.key');
  await writeFile(file, `${Buffer.alloc(32, 7).toString('base64')}\n`, { mode: 0o600 });
  await chmod(folder, 0o770);
  await assert.rejects(loadMasterKey({ file, createIfMissing: false }), StartRefused);
  for (const mode of [0o1777, 0o755, 0o700]) {
    await chmod(folder, mode);
    assert.equal((await loadMasterKey({ file, createIfMissing: false })).length, 32);
  }
});

test('no key is made where others can look, and an existing one is never replaced', async () => {
  const folder = join(directory, 'public');
  await mkdir(folder);
  await chmod(folder, 0o755);
  await assert.rejects(loadMasterKey({ file: join(folder, 'master.key'), createIfMissing: true }), StartRefused);
  assert.deepEqual(await readdir(folder), []);
  const short = join(folder, 'short.key');
  await writeFile(short, 'c2hvcnQ=\n', { mode: 0o600 });
  await assert.rejects(loadMasterKey({ file: short, createIfMissing: true }), StartRefused);
  assert.equal(await readFile(short, 'utf8'), 'c2hvcnQ=\n');
});

test('what is no file of one line is refused, and nothing waits for it', async () => {
  const long = join(directory, 'long.key');
  await writeFile(long, 'A'.repeat(2_000), { mode: 0o600 });
  const pipe = join(directory, 'pipe.key');
  execFileSync('mkfifo', ['-m', '600', pipe]);
  const folder = join(directory, 'folder.key');
  await mkdir(folder, { mode: 0o700 });
  for (const file of [long, pipe, folder, join(long, 'master.key')]) {
    await assert.rejects(loadMasterKey({ file, createIfMissing: false }), StartRefused);
    await assert.rejects(loadMasterKey({ file, createIfMissing: true }), StartRefused);
  }
});

test('no key, a missing file, a short or a garbled key: refused in one line without the key', async () => {
  const short = join(directory, 'short.key');
  await writeFile(short, 'c2hvcnQ=\n', { mode: 0o600 });
  const attempts = [
    () => loadMasterKey({ createIfMissing: true }),
    () => loadMasterKey({ file: join(directory, 'absent.key'), createIfMissing: false }),
    () => loadMasterKey({ file: short, createIfMissing: false }),
    () => loadMasterKey({ value: 'not base64 of 32 bytes', createIfMissing: true }),
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
  await loadMasterKey({ file, createIfMissing: true });
  const value = Buffer.alloc(32, 7).toString('base64');
  assert.deepEqual(await loadMasterKey({ file, value, createIfMissing: false }), new Uint8Array(32).fill(7));
  assert.notEqual((await readFile(file, 'utf8')).trim(), value);
});
