import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCli } from '../../src/cli/program.ts';
import { packageRoot } from '../../src/lib/package-root.ts';
import { compileCache } from '../support/child-process.ts';

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line in this process; nobody stops it unless `untilStopped` says so. */
export async function runCommand(
  argv: readonly string[],
  options: {
    folder: string;
    environment?: Readonly<Record<string, string>>;
    untilStopped?: (sofar: { readonly stdout: string; readonly stderr: string }) => Promise<void>;
  },
): Promise<CommandResult> {
  const stdout = new TextSink();
  const stderr = new TextSink();
  const untilStopped = options.untilStopped ?? (() => new Promise<void>(() => {}));
  const code = await runCli(argv, {
    environment: options.environment ?? {},
    stdout,
    stderr,
    workingDirectory: options.folder,
    untilStopped: () => untilStopped({ stdout: stdout.text, stderr: stderr.text }),
  });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class TextSink extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** Runs a program in a process of its own, without any setting of this one; ended after `timeoutMs`. */
export async function runProcess(
  command: readonly [string, ...string[]],
  options: { folder: string; environment?: Readonly<Record<string, string>>; timeoutMs?: number },
): Promise<CommandResult> {
  const child = startProcess(command, options);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, stdout, stderr };
}

export function startProcess(
  [program, ...args]: readonly [string, ...string[]],
  options: { folder: string; environment?: Readonly<Record<string, string>>; timeoutMs?: number },
) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ROLLCALL_|NODE_|npm_)/.test(name));
  return spawn(program, args, {
    cwd: options.folder,
    env: { ...Object.fromEntries(inherited), ...compileCache, ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    // As long as a whole test may take: a server that is needed to the end must not be ended before.
    timeout: options.timeoutMs ?? 120_000,
  });
}

/** Waits until the text has appeared in the stream, which goes on flowing. */
export function said(stream: Readable, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let sofar = '';
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      sofar += chunk;
      const found = pattern.exec(sofar);
      if (found !== null) resolve(found);
    });
    stream.once('end', () => reject(new Error(`it ended without saying so: ${sofar}`)));
  });
}

/** How `rollcall` is started in this clone on the node of the tests. */
export const rollcall: readonly [string, string] = [process.execPath, join(packageRoot(), 'src', 'main.ts')];
export const launcher = join(packageRoot(), 'bin', 'rollcall.js');
