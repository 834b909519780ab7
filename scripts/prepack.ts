import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/lib/package-root.ts';

/**
 * Makes `dist/`, the JavaScript of the packed tarball: Node does not strip types below node_modules. The script of
 * the API reference and the portal come along: their packages are no dependencies of the installed program.
 */
const root = packageRoot();
const dist = join(root, 'dist');
rmSync(dist, { recursive: true, force: true });
execFileSync(join(root, 'node_modules', '.bin', 'tsc'), ['--project', 'tsconfig.build.json'], {
  cwd: root,
  // npm reads the standard output of its scripts (npm pack --json).
  stdio: ['ignore', 2, 2],
});
mkdirSync(join(dist, 'assets'), { recursive: true });
// Its package exports no such path, so that it cannot be resolved by name.
const reference = join(root, 'node_modules', '@scalar', 'api-reference', 'dist', 'browser', 'standalone.js');
copyFileSync(reference, join(dist, 'assets', 'scalar.js'));

execFileSync(join(root, 'node_modules', '.bin', 'node'), [join(root, 'scripts', 'portal.ts'), '--if-stale'], {
  cwd: root,
  stdio: ['ignore', 2, 2],
});
cpSync(join(root, 'portal', 'dist'), join(dist, 'portal'), { recursive: true });

// What the compiler leaves behind: data that a module reads at its side.
const commonPasswords = join('modules', 'people', 'common-passwords.txt');
copyFileSync(join(root, 'src', commonPasswords), join(dist, commonPasswords));
