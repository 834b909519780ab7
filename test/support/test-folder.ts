import { existsSync, readdirSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folderName = /^rollcall-test-([0-9]+)-/;

/** A temporary folder that names its process; those of killed processes are removed on the way. */
export async function makeTestFolder(): Promise<string> {
  for (const name of readdirSync(tmpdir())) {
    const pid = folderName.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  return await mkdtemp(join(tmpdir(), `rollcall-test-${process.pid}-`));
}
