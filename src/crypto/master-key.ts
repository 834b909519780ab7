import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, type FileHandle, link, mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { StartRefused } from '../lib/start-refused.ts';

const keyBytes = 32;
/** One line of base64 has 44 characters: a file of more is another file. */
const fileBytesMax = 1_024;
const privateFile = 0o600;
const privateDirectory = 0o700;
const modesOfOthers = 0o077;
const writableByOthers = 0o022;
/** In a directory with this bit only the owner of a file can replace it. */
const sticky = 0o1000;

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
 * The file is one line, the base64 (RFC 4648 section 4) of 32 random bytes as `openssl rand -base64 32` prints it, with
 * mode 0600 in a directory that nobody else can write to. One that is made here gets a directory of mode 0700.
 *
 * @throws StartRefused when there is none, others can read or replace it, or it is not 32 bytes
 */
export async function loadMasterKey(options: MasterKeyOptions): Promise<Uint8Array> {
  if (options.value !== undefined) return decodeKey(options.value, 'ROLLCALL_MASTER_KEY');
  if (options.file === undefined) {
    throw new StartRefused(
      'A master key must be given: ROLLCALL_MASTER_KEY_FILE names a file with mode 0600 that holds `openssl rand -base64 32`.',
    );
  }
  const file = resolve(options.file);
  if (options.createIfMissing && !(await exists(file))) await makeKeyFile(file);
  return decodeKey(await readKeyFile(file), `The master key file ${file}`);
}

function decodeKey(text: string, name: string): Uint8Array {
  const line = text.trim();
  const key = Buffer.from(line, 'base64');
  if (key.length !== keyBytes || key.toString('base64') !== line) {
    throw new StartRefused(`${name} must be the base64 of 32 bytes, as \`openssl rand -base64 32\` prints it.`);
  }
  return new Uint8Array(key);
}

async function readKeyFile(file: string): Promise<string> {
  // A pipe in its place would keep the start waiting without NONBLOCK.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new StartRefused(`The master key file ${file} cannot be read.`, { cause });
  });
  try {
    await refuseOpenModes(file, handle);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** What is checked is the open file: it cannot be exchanged between the check and the reading. */
async function refuseOpenModes(file: string, handle: FileHandle): Promise<void> {
  const facts = await handle.stat();
  if (!facts.isFile() || facts.size > fileBytesMax) {
    throw new StartRefused(`The master key file ${file} must be a file with one line of base64.`);
  }
  if ((facts.mode & modesOfOthers) !== 0) {
    throw new StartRefused(`Others can read the master key file ${file}. Run: chmod 600 ${file}`);
  }
  const directory = dirname(file);
  const { mode } = await stat(directory);
  if ((mode & writableByOthers) !== 0 && (mode & sticky) === 0) {
    throw new StartRefused(`Others can replace the master key file ${file}. Run: chmod 700 ${directory}`);
  }
}

/** Writes a new key beside and links it into place, so that two first starts agree on one key and none is half. */
async function makeKeyFile(file: string): Promise<void> {
  const directory = dirname(file);
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    await makePrivateDirectory(directory);
    await writeSynced(draft);
    try {
      await link(draft, file);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      await rm(draft, { force: true });
    }
    await syncDirectory(directory);
  } catch (cause) {
    if (cause instanceof StartRefused) throw cause;
    throw new StartRefused(`The master key file ${file} cannot be made (${codeOf(cause)}).`, { cause });
  }
}

async function makePrivateDirectory(directory: string): Promise<void> {
  const made = await mkdir(directory, { recursive: true, mode: privateDirectory });
  if (made !== undefined) await chmod(directory, privateDirectory);
  else if (((await stat(directory)).mode & modesOfOthers) !== 0) {
    throw new StartRefused(
      `A new master key needs a directory of its own with mode 0700: others can look into ${directory}.`,
    );
  }
}

async function writeSynced(file: string): Promise<void> {
  const handle = await open(file, 'wx', privateFile);
  try {
    await handle.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Else a power cut could take the name of the only key while the data that it sealed stays. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function exists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
