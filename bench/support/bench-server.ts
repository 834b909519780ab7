import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const main = join(import.meta.dirname, '..', '..', 'src', 'main.ts');
const institution = 'BENCH';
/** On a PostgreSQL server; an embedded one makes its own. */
export const benchMasterKey = new Uint8Array(32).fill(7);

/** A real server in a process of its own, as an operator would start it. */
export interface BenchServer extends AsyncDisposable {
  readonly address: string;
  readonly token: string;
  /** What the command line prints, run beside the server. */
  command(args: readonly string[]): string;
  /** Resident memory now, and its peak since `resetPeak`, in bytes (Linux). */
  residentBytes(): number;
  peakBytes(): number;
  resetPeak(): void;
  /** 99th percentile of the event loop's delay since the last call, in milliseconds. */
  loopDelayMs(): Promise<number>;
  fetch(path: string, init?: RequestInit): Promise<Response>;
}

export interface BenchServerOptions {
  /** Private folder for data and keys. */
  readonly folder: string;
  /** Absent = the embedded engine. */
  readonly databaseUrl?: string;
  readonly port: number;
}

export async function startBenchServer(options: BenchServerOptions): Promise<BenchServer> {
  const environment = environmentOf(options);
  if (options.databaseUrl !== undefined) runCommand(['migrate'], environment);
  const server = spawn(process.execPath, [main, 'serve'], { env: environment, stdio: ['ignore', 'ignore', 'inherit'] });
  const address = `http://127.0.0.1:${options.port}`;
  await answering(address, server);
  runCommand(['institution', 'create', institution, '--name', 'Bench'], environment);
  // A run imports more than anybody may in a day.
  runCommand(['institution', 'settings', institution, '--values-per-day', '1000000000'], environment);
  const scopes = ['bankingAdmin/read', 'bankingAdmin/write', 'customers/read', 'customers/write'];
  const token = runCommand(
    [
      'token',
      'create',
      '--institution',
      institution,
      '--expires-in-days',
      '1',
      ...scopes.flatMap((scope) => ['--scope', scope]),
    ],
    environment,
  ).trim();
  const metrics = `http://127.0.0.1:${options.port + 1}/metrics`;
  return benchServer(server, { address, token, metrics, command: (args) => runCommand(args, environment) });
}

function environmentOf(options: BenchServerOptions): NodeJS.ProcessEnv {
  const keyFile = join(options.folder, 'keys', 'master.key');
  return {
    PATH: process.env.PATH,
    HOME: options.folder,
    ROLLCALL_DATA_DIR: join(options.folder, 'data'),
    ROLLCALL_PORT: String(options.port),
    ROLLCALL_METRICS_PORT: String(options.port + 1),
    ROLLCALL_LOG_LEVEL: 'error',
    // The limits are counted; on a faster machine they must not end a round.
    ROLLCALL_RATE_PER_ADDRESS_MAX: '100000000',
    ROLLCALL_RATE_PER_APPLICATION_MAX: '100000000',
    ...(options.databaseUrl === undefined
      ? { ROLLCALL_MASTER_KEY_FILE: keyFile }
      : {
          ROLLCALL_DATABASE_URL: options.databaseUrl,
          ROLLCALL_MASTER_KEY: Buffer.from(benchMasterKey).toString('base64'),
        }),
  };
}

function runCommand(args: readonly string[], environment: NodeJS.ProcessEnv): string {
  const done = spawnSync(process.execPath, [main, ...args], { env: environment, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`rollcall ${args[0]} failed: ${done.stderr}`);
  return done.stdout;
}

async function answering(address: string, server: ChildProcess): Promise<void> {
  const giveUpAt = Date.now() + 60_000;
  while (Date.now() < giveUpAt && server.exitCode === null) {
    const answer = await fetch(`${address}/readyz`).catch(() => undefined);
    if (answer?.ok === true) return;
    await delay(100);
  }
  throw new Error('the server did not start');
}

type ServerParts = Pick<BenchServer, 'address' | 'token' | 'command'> & { readonly metrics: string };

function benchServer(server: ChildProcess, at: ServerParts): BenchServer {
  const status = (field: string) => {
    const text = readFileSync(`/proc/${server.pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
  };
  return {
    address: at.address,
    token: at.token,
    command: at.command,
    residentBytes: () => status('VmRSS'),
    peakBytes: () => status('VmHWM'),
    // "5" resets the peak (man 5 proc_pid_clear_refs).
    resetPeak: () => writeFileSync(`/proc/${server.pid}/clear_refs`, '5'),
    async loopDelayMs() {
      const text = await (await fetch(at.metrics)).text();
      return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1]) * 1_000;
    },
    fetch: (path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${at.token}`);
      return fetch(path.startsWith('http') ? path : `${at.address}${path}`, { ...init, headers });
    },
    async [Symbol.asyncDispose]() {
      if (server.exitCode !== null) return;
      const exited = once(server, 'exit');
      server.kill('SIGTERM');
      await exited;
    },
  };
}
