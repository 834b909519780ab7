import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { packageRoot } from '../../src/lib/package-root.ts';
import { makeTestFolder } from '../support/test-folder.ts';
import { runProcess } from './run-command.ts';

const timeoutMs = 110_000;

let folder = '';
before(async () => {
  folder = await makeTestFolder();
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('the packed tarball, installed into an empty folder, runs the demo', { timeout: 2 * timeoutMs }, async (t) => {
  const pack = ['npm', 'pack', '--silent', '--ignore-scripts=false', '--pack-destination', folder] as const;
  const packed = await runProcess([...pack], { folder: packageRoot(), timeoutMs });
  assert.equal(packed.code, 0, packed.stderr);
  const tarball = join(folder, packed.stdout.trim());
  await writeFile(join(folder, 'package.json'), '{"private":true}');
  const install = [
    'npm',
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    tarball,
  ] as const;
  const installed = await runProcess([...install], { folder, timeoutMs });
  if (installed.code !== 0 && /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENOTCACHED/.test(installed.stderr)) {
    t.skip('npm reaches no registry from here, and its cache has not all packages');
    return;
  }
  assert.equal(installed.code, 0, installed.stderr);

  const rollcall = join(folder, 'node_modules', '.bin', 'rollcall');
  const version = await runProcess([rollcall, '--version'], { folder, timeoutMs });
  const manifest: { version: string } = JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8'));
  assert.equal(version.stdout, `${manifest.version}\n`);
  const demo = await runProcess([rollcall, 'demo', '--exit', '--port', '0'], { folder, timeoutMs });
  assert.equal(demo.code, 0, demo.stdout + demo.stderr);
  assert.match(demo.stdout, / lines = \d+ header \+ /);
  const members = (await readFile(join(folder, 'demo-members.csv'), 'utf8')).trim().split('\n');
  assert.ok(members.length > 1_000);
});
