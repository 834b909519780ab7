import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../../src/lib/package-root.ts';

export interface DemoServer {
  /** `http://127.0.0.1:8801` */
  readonly address: string;
  /** The first administrator's, which works once. */
  readonly signInLink: string;
  stop(): Promise<void>;
}

const startTimeoutMs = 180_000;

/** The demo as a user starts it, with its data in a folder of its own. */
export async function startDemo({ folder, port }: { folder: string; port: number }): Promise<DemoServer> {
  const child = spawn(process.execPath, [join(packageRoot(), 'src', 'main.ts'), 'demo', '--port', String(port)], {
    cwd: folder,
    env: { ...process.env, ROLLCALL_DATA_DIR: join(folder, 'data'), ROLLCALL_METRICS_PORT: '0', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  let told = '';
  const signInLink = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the demo did not start in time:\n${told}`)), startTimeoutMs);
    child.once('exit', () => reject(new Error(`the demo ended:\n${told}`)));
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      told += chunk;
      const link = /^(\S+\/sign-in\/link\/\S+)\s/m.exec(told)?.[1];
      if (link === undefined) return;
      clearTimeout(timer);
      resolve(link);
    });
  });
  return {
    address: `http://127.0.0.1:${port}`,
    signInLink,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
