import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { runCli } from '../../../src/cli/program.ts';

// Runs a command line that says so and stands still for ever once it has written `haltAt` to standard error: whoever
// kills it then does so at that place, however fast either process is.
const { argv, environment, haltAt } = JSON.parse(process.argv[2] ?? '{}');

const stderr = new Writable({
  write(chunk, _encoding, done) {
    if (!String(chunk).includes(haltAt)) return done();
    writeSync(process.stdout.fd, '{"step":"halted"}\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
});

process.exitCode = await runCli(argv, {
  environment,
  stdout: process.stdout,
  stderr,
  workingDirectory: process.cwd(),
  untilStopped: () => new Promise(() => {}),
});
