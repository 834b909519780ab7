import { execFileSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/lib/package-root.ts';

/**
 * Builds the portal into portal/dist: the types of the API from openapi.json, then the page and its scripts. With
 * `--types` the types alone; with `--if-stale` nothing when the build is newer than all that it is made from.
 */
const root = packageRoot();
const built = join(root, 'portal', 'dist', 'index.html');
const arguments_ = process.argv.slice(2);

if (arguments_.includes('--if-stale') && !isStale()) process.exit(0);
const { writePortalTypes } = await import('./portal-types.ts');
await writePortalTypes();
if (!arguments_.includes('--types')) {
  console.error('Building the portal ...');
  execFileSync(join(root, 'node_modules', '.bin', 'vite'), ['build', 'portal', '--logLevel', 'warn'], {
    cwd: root,
    // npm reads the standard output of its scripts (npm pack --json).
    stdio: ['ignore', 2, 2],
  });
}

function isStale(): boolean {
  if (!existsSync(built)) return true;
  const builtAt = statSync(built).mtimeMs;
  const patterns = [
    'openapi.json',
    'package-lock.json',
    'portal/*.*',
    'portal/src/**/*.*',
    // The help shows the guides; the import page reads lists by the rules of the server.
    'docs/{guides,operations,problems}/*.md',
    'src/lib/list-text/*.ts',
  ];
  const sources = globSync(patterns, { cwd: root, exclude: ['portal/src/api/schema.d.ts'] });
  return sources.some((path) => statSync(join(root, path)).mtimeMs > builtAt);
}
