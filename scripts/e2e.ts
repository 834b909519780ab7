import { spawn } from 'node:child_process';
import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../src/lib/package-root.ts';
import { findChromium, launchBrowser } from '../test/e2e/browser.ts';
import { startDemo } from '../test/e2e/demo-server.ts';
import { enrol } from '../test/e2e/sign-in.ts';

// npm run test:e2e [-- FILE...]: the portal in a real browser, over the demo's data. Without Chromium it says so and
// does nothing; where CI is set that is a failure. Screenshots are kept in .cache/screenshots.

const executablePath = findChromium();
if (executablePath === undefined) {
  console.log('e2e: skipped, there is no Chromium here (set ROLLCALL_CHROMIUM, or install the package chromium)');
  process.exit(process.env.CI === undefined ? 0 : 1);
}
const root = packageRoot();
const given = process.argv.slice(2);
const files = given.length > 0 ? given : globSync('test/e2e/**/*.e2e.ts', { cwd: root }).sort();
if (files.length === 0) {
  console.error('e2e: no test file was found');
  process.exit(1);
}

const folder = mkdtempSync(join(tmpdir(), 'rollcall-e2e-'));
await using cleanUp = new AsyncDisposableStack();
cleanUp.defer(() => rmSync(folder, { recursive: true, force: true }));
const demo = await startDemo({ folder, port: await freePort() });
cleanUp.defer(() => demo.stop());
const statePath = join(folder, 'administrator.json');
{
  await using browser = await launchBrowser(executablePath);
  await enrol(browser, { link: demo.signInLink, statePath });
}
process.exitCode = await runTests({ executablePath, address: demo.address, statePath });

/** One file after the other: they share a server and two cores. */
function runTests(e2e: { executablePath: string; address: string; statePath: string }): Promise<number> {
  const arguments_ = ['--test', '--test-concurrency=1', '--test-timeout=180000', ...files];
  const child = spawn(process.execPath, arguments_, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ROLLCALL_E2E: JSON.stringify(e2e) },
  });
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
