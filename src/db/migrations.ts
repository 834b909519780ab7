import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../lib/package-root.ts';

export interface Migration {
  /** `NNNN-name` */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the file, hex. */
  readonly checksum: string;
}

/** The migrations that this version brings, in order. They lie in the package, beside `src/` or `dist/`. */
export function readMigrations(): readonly Migration[] {
  const folder = join(packageRoot(), 'migrations');
  const files = readdirSync(folder).filter((file) => /^[0-9]{4}-[a-z0-9-]+\.sql$/.test(file));
  return files.sort().map((file) => {
    const sql = readFileSync(join(folder, file), 'utf8');
    return { name: file.slice(0, -'.sql'.length), sql, checksum: createHash('sha256').update(sql).digest('hex') };
  });
}
