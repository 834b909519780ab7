import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer, Server as SecureServer } from 'node:https';
import type { FastifyInstance } from 'fastify';
import { Problem } from '../lib/problem.ts';

/** Certificate chain and private key, PEM. */
export interface TlsMaterial {
  readonly cert: Buffer;
  readonly key: Buffer;
}

export interface ServerLimits {
  /** All header fields of a request together. */
  readonly headerBytesMax: number;
  /** A whole request. */
  readonly requestTimeoutMs: number;
  /** Open connections; further ones are closed at once. */
  readonly connectionsMax: number;
}

/** From the first byte of a request to the end of its header; by default Node waits 60 s. */
const headersTimeoutMs = 15_000;
/** How often Node looks for connections that are over their time; by default every 30 s. */
const checkEveryMs = 5_000;
/** Longer than proxies keep theirs (60 s), so that none is closed under a request on its way. */
const keepAliveTimeoutMs = 72_000;
/** Browsers and proxies send 20 to 40. */
const headerFieldsMax = 100;
/** RFC 8996 retires what is older. */
const minVersion = 'TLSv1.2';

export interface HttpServers {
  /** For Fastify's `serverFactory`; it is asked once for each address that `localhost` has. */
  readonly create: (handler: (request: IncomingMessage, response: ServerResponse) => void) => Server;
  /** Takes another certificate for new connections. @throws Error when certificate and key do not fit */
  setTls(tls: TlsMaterial): void;
}

export function createHttpServers(limits: ServerLimits, tls: TlsMaterial | undefined): HttpServers {
  const servers: Server[] = [];
  const options = {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: checkEveryMs,
    keepAliveTimeout: keepAliveTimeoutMs,
  };
  return {
    create(handler) {
      const server =
        tls === undefined
          ? createServer(options, handler)
          : createSecureServer({ ...options, ...tls, minVersion }, handler);
      server.maxConnections = limits.connectionsMax;
      // Beyond its default of 2,000 Node leaves fields out in silence; `addHeaderLimit` refuses instead.
      server.maxHeadersCount = 0;
      servers.push(server);
      return server;
    },
    setTls(next) {
      for (const server of servers) if (isSecure(server)) server.setSecureContext({ ...next, minVersion });
    },
  };
}

export function isSecure(server: Server): server is SecureServer {
  return server instanceof SecureServer;
}

/** Refuses requests with more header fields than any honest client sends. */
export function addHeaderLimit(app: FastifyInstance): void {
  app.addHook('onRequest', async (request) => {
    if (request.raw.rawHeaders.length <= 2 * headerFieldsMax) return;
    throw new Problem('requestHeaderFieldsTooLarge', {
      detail: `A request may have ${headerFieldsMax} header fields.`,
    });
  });
}
