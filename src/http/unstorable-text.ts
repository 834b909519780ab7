import type { FastifyInstance } from 'fastify';
import { Problem } from '../lib/problem.ts';

/** Deeper JSON is refused before anything recurses into it. */
const depthMax = 32;

/**
 * Refuses text that no database stores: NUL, which PostgreSQL has no place for, and lone surrogates, which UTF-8 has
 * none for. Without this each of them would be a 500 in some statement.
 */
export function addTextCheck(app: FastifyInstance): void {
  app.addHook('preValidation', async (request) => {
    checkText(request.query, 'query');
    if (request.rawBody !== undefined) checkText(request.body, 'body');
  });
}

/** @throws Problem `badRequest` */
export function checkText(value: unknown, place: string, depth = 0): void {
  if (typeof value === 'string') {
    if (!value.includes('\0') && value.isWellFormed()) return;
    throw new Problem('badRequest', { detail: `The ${place} has text with a NUL character or half a surrogate pair.` });
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth >= depthMax)
    throw new Problem('badRequest', { detail: `The ${place} nests deeper than ${depthMax} levels.` });
  for (const [name, part] of Object.entries(value)) {
    checkText(name, place, depth + 1);
    checkText(part, place, depth + 1);
  }
}
