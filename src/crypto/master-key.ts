import { hkdfSync, randomBytes } from 'node:crypto';
import { StartRefused } from '../lib/start-refused.ts';
import { keyFileExists, makeKeyFile, readKeyFile } from './master-key-file.ts';

const keyBytes = 32;
/** A rotation needs two; more are left over from rotations that were cut off. */
const keysMax = 16;

export interface MasterKey {
  /** 1..65535: what it wraps says so. Derived from the key (HKDF-SHA-256, RFC 5869), so nobody has to keep it. */
  readonly id: number;
  readonly key: Uint8Array;
}

/** The master keys of this process: the first wraps, all of them open. */
export interface MasterKeys {
  list(): readonly [MasterKey, ...MasterKey[]];
  /** Reads the file again: a rotation may have put another key there. @throws StartRefused when it cannot be read */
  reload(): Promise<void>;
}

export interface MasterKeyOptions {
  /** Path of a file of mode 0600: the base64 of 32 bytes, one key a line, the newest first. */
  readonly file?: string | undefined;
  /** The base64 itself, from the environment, several separated by commas; wins over the file. */
  readonly value?: string | undefined;
  /** Whether a missing file is made (first start of the embedded engine). */
  readonly createIfMissing: boolean;
}

/**
 * The master keys: they wrap every other key and never touch the database. There is one, and two while it is replaced.
 *
 * A key is the base64 (RFC 4648 section 4) of 32 random bytes as `openssl rand -base64 32` prints it. A file of them has
 * mode 0600 in a directory that nobody else can write to. One that is made here gets a directory of mode 0700.
 *
 * @throws StartRefused when there is none, others can read or replace it, or one is not 32 bytes
 */
export async function loadMasterKeys(options: MasterKeyOptions): Promise<MasterKeys> {
  if (options.value !== undefined) return fixedKeys(decodeKeys(options.value.split(','), 'ROLLCALL_MASTER_KEY'));
  if (options.file === undefined) {
    throw new StartRefused(
      'A master key must be given: ROLLCALL_MASTER_KEY_FILE names a file with mode 0600 that holds `openssl rand -base64 32`.',
    );
  }
  const { file } = options;
  if (options.createIfMissing && !(await keyFileExists(file))) await makeKeyFile(file, [newMasterKey()]);
  let keys = await readMasterKeyFile(file);
  return {
    list: () => keys,
    async reload() {
      keys = await readMasterKeyFile(file);
    },
  };
}

/** Keys that are given as bytes and stay. */
export function masterKeysOf(...keys: readonly [Uint8Array, ...Uint8Array[]]): MasterKeys {
  const [first, ...others] = keys;
  return fixedKeys([masterKeyOf(first), ...others.map(masterKeyOf)]);
}

/** @throws StartRefused, see `loadMasterKeys` */
export async function readMasterKeyFile(file: string): Promise<readonly [MasterKey, ...MasterKey[]]> {
  return decodeKeys((await readKeyFile(file)).split('\n'), `The master key file ${file}`);
}

function fixedKeys(keys: readonly [MasterKey, ...MasterKey[]]): MasterKeys {
  return { list: () => keys, reload: async () => {} };
}

function decodeKeys(texts: readonly string[], name: string): readonly [MasterKey, ...MasterKey[]] {
  const lines = texts.map((text) => text.trim()).filter((text) => text !== '');
  const [first, ...others] = lines.map((line) => decodeKey(line, name));
  if (first === undefined || lines.length > keysMax) {
    throw new StartRefused(
      `${name} must hold a key: the base64 of 32 bytes, as \`openssl rand -base64 32\` prints it.`,
    );
  }
  if (new Set([first, ...others].map(({ id }) => id)).size < lines.length) {
    // Two keys with one id cannot be told apart in what they wrapped. One pair of 65,535 is such a pair.
    throw new StartRefused(`${name} holds a key twice, or two that cannot be told apart. Make the new one again.`);
  }
  return [first, ...others];
}

function decodeKey(line: string, name: string): MasterKey {
  const key = Buffer.from(line, 'base64');
  if (key.length !== keyBytes || key.toString('base64') !== line) {
    throw new StartRefused(`${name} must be the base64 of 32 bytes, as \`openssl rand -base64 32\` prints it.`);
  }
  return masterKeyOf(new Uint8Array(key));
}

function masterKeyOf(key: Uint8Array): MasterKey {
  const derived = new DataView(hkdfSync('sha256', key, '', 'rollcall master key id', 2)).getUint16(0);
  // 0 stands for "not said": what was wrapped before keys had ids.
  return { id: derived === 0 ? 1 : derived, key };
}

/** A random key as a line of the file, with another id than those that are there. */
export function newMasterKey(present: readonly MasterKey[] = []): string {
  for (;;) {
    const made = masterKeyOf(new Uint8Array(randomBytes(keyBytes)));
    if (present.every(({ id }) => id !== made.id)) return masterKeyLine(made);
  }
}

export function masterKeyLine({ key }: MasterKey): string {
  return Buffer.from(key).toString('base64');
}
