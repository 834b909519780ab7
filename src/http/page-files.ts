import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { packageRoot } from '../lib/package-root.ts';

/**
 * The script of the API reference: in the packed tarball it lies beside the compiled code, in a clone it is a
 * development dependency. Undefined when neither is there (a production install of a clone).
 */
export function findReferenceScript(): Buffer | undefined {
  const packed = join(packageRoot(), 'dist', 'assets', 'scalar.js');
  const require = createRequire(import.meta.url);
  for (const locate of [() => packed, () => require.resolve('@scalar/api-reference/dist/browser/standalone.js')]) {
    try {
      return readFileSync(locate());
    } catch {
      // Try the next place.
    }
  }
  return undefined;
}

/** The Markdown page of a problem type. @throws Error when it is missing: every problem has one */
export function readProblemPage(name: string): string {
  return readFileSync(join(packageRoot(), 'docs', 'problems', `${name}.md`), 'utf8');
}
