import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../lib/package-root.ts';

/**
 * The script of the API reference: in the packed tarball it lies beside the compiled code, in a clone it is a
 * development dependency. Undefined when neither is there (a production install of a clone).
 */
export function findReferenceScript(): Buffer | undefined {
  const root = packageRoot();
  const packed = join(root, 'dist', 'assets', 'scalar.js');
  // Its package exports no such path, so that it cannot be resolved by name.
  const dependency = join(root, 'node_modules', '@scalar', 'api-reference', 'dist', 'browser', 'standalone.js');
  for (const file of [packed, dependency]) {
    try {
      return readFileSync(file);
    } catch {
      // Try the next place.
    }
  }
  return undefined;
}

/** The built portal: in the packed tarball beside the compiled code, in a clone where Vite puts it. */
export function findPortalFolder(): string | undefined {
  const root = packageRoot();
  const folders = [join(root, 'dist', 'portal'), join(root, 'portal', 'dist')];
  return folders.find((folder) => existsSync(join(folder, 'index.html')));
}

/** The Markdown page of a problem type. @throws Error when it is missing: every problem has one */
export function readProblemPage(name: string): string {
  return readFileSync(join(packageRoot(), 'docs', 'problems', `${name}.md`), 'utf8');
}
