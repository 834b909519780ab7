import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of our package.json, from `src/` of a clone as from `dist/` of the packed tarball. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json of rollcall is missing');
    folder = parent;
  }
  return folder;
}

/** The version in our package.json. */
export function packageVersion(): string {
  const packageJson: { version: string } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'));
  return packageJson.version;
}
