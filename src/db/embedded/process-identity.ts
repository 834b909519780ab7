import { readFileSync } from 'node:fs';

/**
 * Names a process beyond its id, which the system gives out again: start time in clock ticks since boot (field 22 of
 * `/proc/<pid>/stat`, proc(5)) and the boot. Undefined when there is no such process, `unknown` without `/proc`.
 */
export function processIdentity(pid: number): string | undefined {
  const boot = readText('/proc/sys/kernel/random/boot_id');
  if (boot === undefined) return isAlive(pid) ? 'unknown' : undefined;
  const stat = readText(`/proc/${pid}/stat`);
  // The command name (field 2) is in parentheses and may hold spaces and parentheses.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields?.[0];
  const startTicks = fields?.[19];
  // A zombie holds its id until its parent looks, but no file and no socket.
  if (startTicks === undefined || state === 'Z' || state === 'X') return undefined;
  return `${boot.trim()}:${startTicks}`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
