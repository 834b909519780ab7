import type { FastifyInstance } from 'fastify';
import { Problem } from '../lib/problem.ts';

/**
 * Answers what the router does not find, after authentication and before a body is read: 405 with `Allow` where the
 * address has other methods, else 404. Call it after authentication is added and before any route.
 */
export function addNotFound(app: FastifyInstance): void {
  const methodsByUrl = new Map<string, Set<string>>();
  app.addHook('onRoute', (route) => {
    const known = methodsByUrl.get(route.url) ?? new Set();
    for (const method of [route.method].flat()) known.add(method);
    methodsByUrl.set(route.url, known);
  });
  app.addHook('onRequest', async (request) => {
    if (!request.is404) return;
    const path = request.url.split('?', 1)[0] ?? '';
    const url = [...methodsByUrl.keys()].find((pattern) => matches(pattern, path));
    throw url === undefined ? notFound() : methodNotAllowed(methodsByUrl.get(url) ?? new Set());
  });
  app.setNotFoundHandler(async () => {
    throw notFound();
  });
}

/** Whether a path is one of a route's: segments are equal, or a parameter. */
function matches(pattern: string, path: string): boolean {
  const expected = pattern.split('/');
  const given = path.split('/');
  return expected.length === given.length && expected.every((part, index) => isSame(part, given[index] ?? ''));
}

function isSame(expected: string, given: string): boolean {
  return expected.startsWith(':') ? given !== '' : expected === given;
}

function notFound(): Problem {
  return new Problem('notFound', { detail: 'There is nothing at this address.' });
}

function methodNotAllowed(methods: ReadonlySet<string>): Problem {
  const allowed = [...methods].toSorted().join(', ');
  return new Problem('methodNotAllowed', { detail: `This address answers ${allowed}.`, headers: { Allow: allowed } });
}
