import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, type FileHandle, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { StartRefused } from '../lib/start-refused.ts';

/** One line of base64 has 44 characters: a file of more than a few is another file. */
const fileBytesMax = 1_024;
const privateFile = 0o600;
const privateDirectory = 0o700;
const modesOfOthers = 0o077;
const writableByOthers = 0o022;
/** In a directory with this bit only the owner of a file can replace it. */
const sticky = 0o1000;

/** The text of a key file that only its owner can read and replace. @throws StartRefused otherwise */
export async function readKeyFile(path: string): Promise<string> {
  const file = resolve(path);
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
    throw new StartRefused(`The master key file ${file} must be a file with a line of base64 for each key.`);
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

/**
 * Writes a new file beside and links it into place, so that two first starts agree on one key and none is half. A file
 * that is there stays.
 */
export async function makeKeyFile(path: string, lines: readonly string[]): Promise<void> {
  const file = resolve(path);
  const directory = dirname(file);
  const draft = draftOf(file);
  try {
    await makePrivateDirectory(directory);
    await writeSynced(draft, lines);
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

/**
 * Puts other lines in the place of a key file, all at once: whoever reads it finds the old or the new ones. Owner and
 * mode stay, also when another user (root) does so for the user of the server.
 *
 * @throws StartRefused when it cannot be written; the old file stands then
 */
export async function replaceKeyFile(path: string, lines: readonly string[]): Promise<void> {
  const file = resolve(path);
  const draft = draftOf(file);
  try {
    const { uid, gid } = await stat(file);
    try {
      await writeSynced(draft, lines, { uid, gid });
      await rename(draft, file);
    } finally {
      await rm(draft, { force: true });
    }
    await syncDirectory(dirname(file));
  } catch (cause) {
    throw new StartRefused(`The master key file ${file} cannot be written (${codeOf(cause)}).`, { cause });
  }
}

function draftOf(file: string): string {
  return `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
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

async function writeSynced(
  file: string,
  lines: readonly string[],
  owner?: { uid: number; gid: number },
): Promise<void> {
  const handle = await open(file, 'wx', privateFile);
  try {
    const made = await handle.stat();
    if (owner !== undefined && (made.uid !== owner.uid || made.gid !== owner.gid)) {
      await handle.chown(owner.uid, owner.gid);
    }
    await handle.writeFile(lines.map((line) => `${line}\n`).join(''));
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

export async function keyFileExists(file: string): Promise<boolean> {
  return await stat(file).then(
    () => true,
    () => false,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
