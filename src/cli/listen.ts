import { once } from 'node:events';
import type { Server } from 'node:http';
import { isSecure } from '../http/http-server.ts';
import { StartRefused } from '../lib/start-refused.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 = any free one. */
  readonly port: number;
  /** What sets the port, for people. */
  readonly setting: string;
}

export async function listen(server: Server, options: ListenOptions): Promise<void> {
  server.listen({ host: options.host, port: options.port });
  await once(server, 'listening').catch((error: unknown) => refuseAddress(error, options));
}

/** @throws StartRefused that says what to do about an address that cannot be had */
export function refuseAddress(error: unknown, { port, setting }: ListenOptions): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') throw new StartRefused(`port ${port} is taken: choose another one with ${setting}`);
  if (code === 'EACCES') throw new StartRefused(`port ${port} needs rights that this user does not have`);
  if (code === 'EADDRNOTAVAIL') throw new StartRefused('this machine does not have the address to listen on');
  throw error;
}

export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
}

/** `http://127.0.0.1:8787`, or `https:` where the server ends TLS. */
export function addressOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `${isSecure(server) ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
