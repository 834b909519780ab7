import { open, rename, rm } from 'node:fs/promises';
import { CliError } from '../cli-error.ts';
import { errorCode } from '../client/list-file.ts';

const bufferCharactersMax = 256 * 1024;

/**
 * Writes a file that is either whole or not there: under another name first, synced, then renamed. When `work` throws,
 * what stood at `path` stays. Mode 0600, because these files hold customers.
 *
 * @throws CliError when the file cannot be written; what `work` throws otherwise
 */
export async function writeFileWhole(
  path: string,
  work: (write: (text: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const draft = `${path}.part`;
  const file = await open(draft, 'w', 0o600).catch((error: unknown) => {
    throw new CliError(`cannot write ${path} (${errorCode(error)})`, { cause: error });
  });
  let held = '';
  const flush = async (): Promise<void> => {
    await file.appendFile(held).catch((error: unknown) => {
      throw new CliError(`cannot write ${path} (${errorCode(error)})`, { cause: error });
    });
    held = '';
  };
  try {
    await work(async (text) => {
      held += text;
      if (held.length > bufferCharactersMax) await flush();
    });
    await flush();
    await file.sync();
    await file.close();
    await rename(draft, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(draft, { force: true });
    throw error;
  }
}
