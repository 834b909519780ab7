import type { FastifyInstance } from 'fastify';
import { Problem } from '../lib/problem.ts';

/**
 * `app.close()` lets running requests finish for `stopTimeoutMs`, then cuts them off. Requests that come meanwhile on
 * open connections get 503 and the connection closes.
 */
export function addGracefulClose(app: FastifyInstance, options: { stopTimeoutMs: number }): { isClosing(): boolean } {
  let closing = false;
  app.addHook('onRequest', async () => {
    if (!closing) return;
    throw new Problem('serviceUnavailable', {
      detail: 'The server is stopping. Try again in a moment.',
      headers: { 'Retry-After': '5', Connection: 'close' },
    });
  });
  app.addHook('onSend', async (_request, reply) => {
    // A connection that is kept would hold the server until the timeout.
    if (closing) reply.header('connection', 'close');
  });
  app.addHook('preClose', async () => {
    closing = true;
    const cut = setTimeout(() => app.server.closeAllConnections(), options.stopTimeoutMs);
    app.server.once('close', () => clearTimeout(cut));
    // A server that never listened never closes.
    cut.unref();
  });
  return { isClosing: () => closing };
}
