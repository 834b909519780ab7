import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { StartRefused } from '../lib/start-refused.ts';

const keyBytes = 32;
const privateFile = 0o600;
const privateDirectory = 0o700;

export interface MasterKeyOptions {
  /** Path of a file with one line: the base64 of 32 bytes; mode 0600. */
  readonly file?: string | undefined;
  /** The base64 itself, from the environment; wins over the file. */
  readonly value?: string | undefined;
  /** Whether a missing file is made (first start of the embedded engine). */
  readonly createIfMissing: boolean;
}

/**
 * The master key: it wraps every other key and never touches the database.
 *
 * @throws StartRefused when there is none, others can read it, or it is not 32 bytes
 */
export async function loadMasterKey(options: MasterKeyOptions): Promise<Uint8Array> {
  if (options.value !== undefined) return decodeKey(options.value, 'ROLLCALL_MASTER_KEY');
  const { file } = options;
  if (file === undefined) {
    throw new StartRefused(
      'A master key must be given: ROLLCALL_MASTER_KEY_FILE names a file with mode 0600 that holds `openssl rand -base64 32`.',
    );
  }
  if (options.createIfMissing) await makeKeyFile(file);
  await refuseOpenModes(file);
  return decodeKey(await readFile(file, 'utf8'), 'The master key file');
}

function decodeKey(text: string, name: string): Uint8Array {
  const line = text.trim();
  const key = Buffer.from(line, 'base64');
  if (key.length !== keyBytes || key.toString('base64') !== line) {
    throw new StartRefused(`${name} must be the base64 of 32 bytes, as \`openssl rand -base64 32\` prints it.`);
  }
  return new Uint8Array(key);
}

async function refuseOpenModes(file: string): Promise<void> {
  const facts = await stat(file).catch((cause: unknown) => {
    throw new StartRefused(`The master key file ${file} cannot be read.`, { cause });
  });
  if ((facts.mode & 0o077) !== 0) {
    throw new StartRefused(`Others can read the master key file ${file}. Run: chmod 600 ${file}`);
  }
}

/** Writes a new key beside and links it into place, so that two first starts agree on one key and none is half. */
async function makeKeyFile(file: string): Promise<void> {
  const directory = dirname(file);
  const made = await mkdir(directory, { recursive: true, mode: privateDirectory });
  if (made !== undefined) await chmod(directory, privateDirectory);
  if (await exists(file)) return;
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const handle = await open(draft, 'wx', privateFile);
  try {
    await handle.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`);
    await handle.sync();
    await link(draft, file);
  } catch (error) {
    if (!isExists(error)) throw error;
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

function isExists(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}
