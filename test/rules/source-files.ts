import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { packageRoot } from '../../src/lib/package-root.ts';

const root = packageRoot();

export interface SourceFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
  /** Files of ours that it imports, from the root. */
  readonly imports: readonly string[];
  /** Packages that it imports, types too. */
  readonly packages: readonly string[];
}

/** The TypeScript files that match, without `node_modules`. */
export function sourceFiles(pattern: string): readonly SourceFile[] {
  return globSync(pattern, { cwd: root }).sort().map(readSource);
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8');
  const specifiers = [...text.matchAll(/^(?:import|export)\b[^;'"]*?(?:from )?'([^']+)';$/gm)].map(
    ([, name = '']) => name,
  );
  return {
    path,
    text,
    lines: text.split('\n'),
    imports: specifiers
      .filter((name) => name.startsWith('.'))
      .map((name) => relative(root, join(root, dirname(path), name))),
    packages: specifiers.filter((name) => !name.startsWith('.')),
  };
}
