import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../../src/lib/package-root.ts';

/** For the environment of processes that tests start: each would compile the same sources again. */
export const compileCache = { NODE_COMPILE_CACHE: join(packageRoot(), 'node_modules', '.cache', 'compiled') } as const;

/** A script of its own process that talks in lines of JSON. */
export interface Child {
  readonly process: ChildProcess;
  /** The next line, parsed; rejects when the process ends first. */
  next(): Promise<unknown>;
  kill(): Promise<void>;
  /** Waits for the exit code. */
  exited(): Promise<number | null>;
  /** What it wrote to standard error so far. */
  errors(): string;
}

export function startChild(script: URL, parameters: object): Child {
  const child = spawn(process.execPath, [fileURLToPath(script), JSON.stringify(parameters)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Else the child believes to be a test file of the runner and reports to it.
    env: { ...process.env, ...compileCache, NODE_TEST_CONTEXT: undefined },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exit = once(child, 'exit');
  let errorText = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errorText += text;
  });
  return {
    process: child,
    async next() {
      const line = await lines.next();
      if (line.done === true) throw new Error(`the child ended: ${errorText}`);
      return JSON.parse(line.value);
    },
    async kill() {
      child.kill('SIGKILL');
      await exit;
    },
    async exited() {
      await exit;
      return child.exitCode;
    },
    errors: () => errorText,
  };
}
