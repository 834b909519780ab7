import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics.ts';

/**
 * `/metrics` on a server of its own (never on the API's port: figures are for operators). The caller listens and
 * closes.
 */
export function createMetricsServer(metrics: Metrics): Server {
  return createServer({ requestTimeout: 10_000 }, (request, response) => {
    if (request.method !== 'GET' || request.url?.split('?', 1)[0] !== '/metrics') {
      response.writeHead(404, { 'Content-Length': 0 }).end();
      return;
    }
    metrics.registry.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': metrics.registry.contentType }).end(text),
      () => response.writeHead(500, { 'Content-Length': 0 }).end(),
    );
  });
}
