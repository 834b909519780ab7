import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { processIdentity } from './process-identity.ts';

/** Who has the data directory open, and where commands reach it. */
export interface LockHolder {
  readonly pid: number;
  readonly identity: string;
  /** Empty until the engine listens. */
  readonly socketDirectory: string;
  /** A server that listens: commands may come through its socket. A command ends too soon to serve others. */
  readonly serves: boolean;
}

export interface LockFile {
  /** Says where the engine listens. */
  publish(facts: Pick<LockHolder, 'socketDirectory' | 'serves'>): void;
  release(): void;
}

/** Two processes that find the same dead lock both rename theirs over it within microseconds; the last one owns it. */
const takeoverSettleMs = 150;

/** Takes the lock, or returns the living holder. A lock of a dead process is taken over. */
export async function takeLock(dataDir: string): Promise<{ lock: LockFile } | { holder: LockHolder }> {
  const path = lockPath(dataDir);
  const identity = processIdentity(process.pid) ?? '';
  const own: LockHolder = { pid: process.pid, identity, socketDirectory: '', serves: false };
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    let found: string | undefined;
    do {
      if (linked(draft, path)) return { lock: heldLock(path, own) };
      // Gone: its holder has let go of it in between. Whoever links next has it, and it must not be renamed over.
      found = textOf(path);
    } while (found === undefined);
    const holder = living(holderIn(found));
    if (holder !== undefined) return { holder };
    removeSocketsOfTheDead(path);
    const mark = readFileSync(draft, 'utf8');
    renameSync(draft, path);
    await delay(takeoverSettleMs);
    const winner = readHolder(dataDir);
    if (winner !== undefined && readFileSync(path, 'utf8') !== mark) return { holder: winner };
    return { lock: heldLock(path, own) };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The living process that has the data directory open, if any. */
export function readHolder(dataDir: string): LockHolder | undefined {
  return living(parseHolder(lockPath(dataDir)));
}

function living(holder: LockHolder | undefined): LockHolder | undefined {
  return holder !== undefined && processIdentity(holder.pid) === holder.identity ? holder : undefined;
}

function heldLock(path: string, own: LockHolder): LockFile {
  return {
    publish(facts) {
      const draft = `${path}.${randomBytes(6).toString('hex')}`;
      writeFileSync(draft, JSON.stringify({ ...own, ...facts }), { mode: 0o600 });
      renameSync(draft, path);
    },
    release() {
      const holder = parseHolder(path);
      if (holder?.pid === own.pid && holder.identity === own.identity) rmSync(path, { force: true });
    },
  };
}

function lockPath(dataDir: string): string {
  return join(dataDir, 'rollcall.lock');
}

function linked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** The crashed process could not remove its socket directory; only a directory of our own making is removed. */
function removeSocketsOfTheDead(path: string): void {
  const directory = parseHolder(path)?.socketDirectory ?? '';
  if (/\/rollcall-[A-Za-z0-9]{6}$/.test(directory)) rmSync(directory, { recursive: true, force: true });
}

function parseHolder(path: string): LockHolder | undefined {
  return holderIn(textOf(path) ?? '');
}

/** @returns undefined when there is no such file, '' when it cannot be read */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : '';
  }
}

function holderIn(text: string): LockHolder | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('pid' in value && 'identity' in value && 'socketDirectory' in value && 'serves' in value)) return undefined;
    const { pid, identity, socketDirectory, serves } = value;
    if (typeof pid !== 'number' || typeof identity !== 'string') return undefined;
    if (typeof socketDirectory !== 'string' || typeof serves !== 'boolean') return undefined;
    return { pid, identity, socketDirectory, serves };
  } catch {
    return undefined;
  }
}
