import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:tls';

/** Where clients find us, without a slash at its end: what the issuer is called, and what its links begin with. */
export interface BaseUrl {
  (): string;
  /** The server whose port counts once it listens. */
  listensOn(server: Server): void;
}

/** The public address, else the one that is listened on; before that the one that will be. */
export function createBaseUrl(config: { publicUrl: string | undefined; host: string; port: number }): BaseUrl {
  let listening: Server | undefined;
  const baseUrl = () => {
    if (config.publicUrl !== undefined) return config.publicUrl;
    const address = listening?.address();
    const port = typeof address === 'object' && address !== null ? address.port : config.port;
    const scheme = listening instanceof TlsServer ? 'https' : 'http';
    return `${scheme}://${reachable(config.host)}:${port}`;
  };
  return Object.assign(baseUrl, {
    listensOn(server: Server) {
      listening = server;
    },
  });
}

/** Every address of the machine is none to call. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
