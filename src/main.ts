import { runCli } from './cli/program.ts';

/**
 * One Ctrl-C often arrives twice within milliseconds: the terminal signals the whole process group, and npm and our
 * launcher pass it on as well. Only a later one means "at once".
 */
const sameKeypressMs = 500;

/** As a shell shows a program that SIGPIPE ended. */
const exitCodeOfBrokenPipe = 141;

// `rollcall audiences export NAME | head` closes the pipe early: that is no error to report.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(exitCodeOfBrokenPipe);
});

// Nobody reads the remarks any more: no reason for a server to die.
process.stderr.on('error', () => {});

process.exitCode = await runCli(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  workingDirectory: process.cwd(),
  untilStopped,
});

/** The first SIGINT or SIGTERM asks for an orderly end, a second one ends at once. */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      firstAt ??= performance.now();
      if (performance.now() - firstAt > sameKeypressMs) process.exit(signal === 'SIGINT' ? 130 : 143);
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
