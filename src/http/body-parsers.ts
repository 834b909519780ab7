import type { FastifyInstance, FastifyRequest } from 'fastify';
import secureJson from 'secure-json-parse';
import { Problem } from '../lib/problem.ts';

const mergePatch = 'application/merge-patch+json';

/**
 * Reads JSON bodies (and JSON Merge Patch, RFC 7396, on PATCH) as bytes first, because idempotency compares bytes.
 * Other media types are 415 unless a route's plugin adds its own parser.
 */
export function addBodyParsers(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
    parseJson(request, body),
  );
  app.addContentTypeParser(mergePatch, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    if (request.method !== 'PATCH') {
      throw new Problem('unsupportedMediaType', { detail: `${mergePatch} is for PATCH. Send application/json.` });
    }
    return parseJson(request, body);
  });
}

function parseJson(request: FastifyRequest, body: Buffer): unknown {
  request.rawBody = body;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body);
    // Refuses __proto__ and constructor.prototype, which would reach into every object that copies the body.
    return secureJson.parse(text, null, { protoAction: 'error', constructorAction: 'error' });
  } catch {
    // The parser's own message quotes the body.
    throw new Problem('badRequest', { detail: 'The body is not JSON (RFC 8259) in UTF-8.' });
  }
}
