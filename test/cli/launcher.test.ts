import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { prepareDataDir } from '../support/embedded-source.ts';
import { makeTestFolder } from '../support/test-folder.ts';
import { launcher, runProcess, said, startProcess } from './run-command.ts';

/** A node before 24 outside this clone, as a user may have it. */
const olderNode = findOlderNode();

let folder = '';
before(async () => {
  folder = await makeTestFolder();
  await prepareDataDir(join(folder, 'data'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('on the right node the launcher starts the sources of a clone itself', async () => {
  const { code, stdout } = await runProcess([process.execPath, launcher, '--version'], { folder });
  assert.equal(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
});

describe('on an older node', { skip: olderNode === undefined ? 'no node before 24 is on this machine' : false }, () => {
  test('it starts the one that the package brings, and hands on arguments and exit code', async () => {
    const wrong = await runProcess([olderNode ?? '', launcher, 'doctor', '--nonsense'], { folder });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /^rollcall: unknown option '--nonsense'\n$/);
    const help = await runProcess([olderNode ?? '', launcher, 'import', '--help'], { folder });
    assert.equal(help.code, 0);
    assert.match(help.stdout, /^Usage: rollcall import/);
  });

  test('it passes signals on and ends as the server ends', async () => {
    const environment = { ROLLCALL_DATA_DIR: join(folder, 'data'), ROLLCALL_METRICS_PORT: '0', ROLLCALL_PORT: '0' };
    const child = startProcess([olderNode ?? '', launcher, 'serve'], { folder, environment });
    await said(child.stderr, /listens on/);
    child.kill('SIGINT');
    const [code, signal] = await once(child, 'exit');
    assert.deepEqual([code, signal], [0, null]);
  });

  test('without that node it says in one line what is missing', async () => {
    const alone = join(folder, 'alone');
    await mkdir(join(alone, 'bin'), { recursive: true });
    await writeFile(join(alone, 'package.json'), '{"type":"module"}');
    await copyFile(launcher, join(alone, 'bin', 'rollcall.js'));
    const { code, stderr } = await runProcess([olderNode ?? '', join(alone, 'bin', 'rollcall.js')], { folder });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^rollcall: Node 24 is needed, this is v\S+ and the package node-linux-\w+ is not installed[^\n]*\n$/,
    );
  });
});

function findOlderNode(): string | undefined {
  for (const place of (process.env.PATH ?? '').split(delimiter)) {
    const node = join(place, 'node');
    if (dirname(node).includes('node_modules')) continue;
    try {
      const major = Number(/^v(\d+)/.exec(execFileSync(node, ['--version'], { encoding: 'utf8' }))?.[1]);
      if (major >= 20 && major < 24) return node;
    } catch {
      // No node there.
    }
  }
  return undefined;
}
