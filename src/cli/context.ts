import type { Writable } from 'node:stream';

/** A stream for people: a terminal has `isTTY` and `columns`, a pipe or a test's buffer has not. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** All that a command may know of the process it runs in; `main.ts` gives the real one, tests their own. */
export interface CliContext {
  /** Absent = the environment of the process, which only `config.ts` reads. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Relative paths of the command line start here. */
  readonly workingDirectory: string;
  /** Resolves when the process is asked to stop (SIGINT, SIGTERM). From the first call on, such a signal no longer kills. */
  untilStopped(): Promise<void>;
}
