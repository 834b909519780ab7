import type { FastifyInstance, HTTPMethods } from 'fastify';
import { Problem } from '../lib/problem.ts';

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const satisfies HTTPMethods[];

/**
 * Gives each address the methods that it lacks, to answer 405 with `Allow` (the router alone would say 404).
 *
 * @returns call it when all routes are there
 */
export function collectMethods(app: FastifyInstance): () => void {
  const methodsByUrl = new Map<string, Set<string>>();
  let complete = false;
  app.addHook('onRoute', (route) => {
    if (complete) return;
    const known = methodsByUrl.get(route.url) ?? new Set();
    for (const method of [route.method].flat()) known.add(method);
    methodsByUrl.set(route.url, known);
  });
  return () => {
    complete = true;
    for (const [url, known] of methodsByUrl) addMissing(app, url, known);
  };
}

function addMissing(app: FastifyInstance, url: string, known: ReadonlySet<string>): void {
  const missing = methods.filter((method) => !known.has(method));
  const allowed = methods.filter((method) => known.has(method));
  const refuse = async () => {
    throw new Problem('methodNotAllowed', {
      detail: `This address answers ${allowed.join(', ')}.`,
      headers: { Allow: allowed.join(', ') },
    });
  };
  if (missing.length === 0) return;
  app.route({
    method: missing,
    url,
    config: { methodsAllowed: allowed, ...(url.startsWith('/service/') ? {} : { public: true }) },
    schema: { hide: true },
    // Before the body is read, after authentication: under /service nobody learns a method without a token.
    onRequest: refuse,
    handler: refuse,
  });
}
