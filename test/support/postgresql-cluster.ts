import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { processIdentity } from '../../src/db/embedded/process-identity.ts';

/** A private PostgreSQL server for tests: unix socket only, no fsync, gone with the process that started it. */
export interface PostgresqlCluster {
  /** Of the maintenance database, as superuser. */
  readonly url: string;
  stop(): Promise<void>;
}

const folderPrefix = 'rollcall-test-pg-';
const ownerFile = 'owner';

/** The newest server installed (Debian's layout, or `initdb` in PATH); undefined when there is none. */
export function findPostgresqlBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian)
    ? readdirSync(debian)
        .map(Number)
        .filter((version) => version >= 15)
    : [];
  const folders = versions.sort((a, b) => b - a).map((version) => join(debian, String(version), 'bin'));
  const inPath = (process.env.PATH ?? '').split(':');
  return [...folders, ...inPath].find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  );
}

/** @param settings of postgresql.conf, over those that make tests fast */
export async function startPostgresqlCluster(
  binaries: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresqlCluster> {
  removeAbandonedClusters();
  const account = serverAccount();
  const folder = mkdtempSync(join(tmpdir(), folderPrefix));
  writeFileSync(join(folder, ownerFile), `${process.pid} ${processIdentity(process.pid)}`);
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const data = join(folder, 'data');
  execFileSync(
    join(binaries, 'initdb'),
    ['--pgdata', data, '--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
    { ...account, cwd: folder, stdio: 'pipe' },
  );
  const server = startServer(join(binaries, 'postgres'), { data, folder, account, settings });
  const url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`;
  await answering(url, server);
  return {
    url,
    async stop() {
      const exited = once(server, 'exit');
      server.stdin?.end();
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface ServerPlace {
  readonly data: string;
  readonly folder: string;
  readonly account: Account | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

function startServer(postgres: string, { data, folder, account, settings: given }: ServerPlace): ChildProcess {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_connections: '60',
    shared_buffers: '128MB',
    autovacuum: 'off',
    log_min_messages: 'fatal',
    ...given,
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // The shell waits for the end of its input, which comes even when the test run is killed, and then ends the server.
  const guard = '"$@" & server=$!; (read line; kill -QUIT $server) <&3 & reader=$!; wait $server; kill $reader';
  return spawn('/bin/sh', ['-c', `exec 3<&0; ${guard}`, 'sh', postgres, '-D', data, ...options], {
    ...account,
    cwd: folder,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  const giveUpAt = Date.now() + 30_000;
  while (Date.now() < giveUpAt && server.exitCode === null) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await delay(30);
    }
  }
  throw new Error('the private PostgreSQL server did not start');
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The server refuses to run as root: then it runs as Debian's user postgres. */
function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((line) => line.startsWith('postgres:'));
  const [, , uid, gid] = (entry ?? '').split(':');
  if (uid === undefined || gid === undefined)
    throw new Error('PostgreSQL refuses to run as root, and there is no user postgres');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Folders whose test run is gone: their server has ended with it (or ends now), the files have stayed. */
function removeAbandonedClusters(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(folderPrefix))) {
    const folder = join(tmpdir(), name);
    const [pid, identity] = readText(join(folder, ownerFile)).split(' ');
    // No owner yet: its run is just making it.
    if (identity === undefined || processIdentity(Number(pid)) === identity) continue;
    const server = Number.parseInt(readText(join(folder, 'data', 'postmaster.pid')), 10);
    if (readText(`/proc/${server}/cmdline`).includes(folder)) process.kill(server, 'SIGQUIT');
    rmSync(folder, { recursive: true, force: true });
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
