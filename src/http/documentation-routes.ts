import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { Type } from 'typebox';
import { Problem } from '../lib/problem.ts';
import { findReferenceScript } from './page-files.ts';
import { closed } from './schema-parts.ts';

/** The reference sets styles from script; scripts come from here only, and nothing is asked of any other host. */
const referencePolicy = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'", "'unsafe-inline'"],
      'img-src': ["'self'", 'data:', 'blob:'],
      'font-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  },
} as const;

// Addresses are relative, so that the pages also work under the path of a public address.
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rollcall API</title>
</head>
<body>
<noscript>The reference needs JavaScript. The same facts are in <a href="openapi.json">openapi.json</a>.</noscript>
<div id="reference"></div>
<script src="docs/js/scalar.js"></script>
<script src="docs/js/start.js"></script>
</body>
</html>
`;

const startScript = `Scalar.createApiReference('#reference', {
  url: 'openapi.json',
  telemetry: false,
  withDefaultFonts: false,
  agent: { disabled: true },
  mcp: { disabled: true },
  showDeveloperTools: 'never',
  hideClientButton: true,
  defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
});
`;

const javaScript = 'text/javascript; charset=utf-8';

/** `/openapi.json`, and the readable reference at `/docs`. */
export const documentationRoutes = (): FastifyPluginAsyncTypebox => async (app) => {
  const script = findReferenceScript();

  app.route({
    method: 'GET',
    url: '/openapi.json',
    config: { public: true },
    schema: {
      operationId: 'getOpenApi',
      summary: 'This description (OpenAPI 3.1)',
      tags: ['Operations'],
      querystring: closed({}),
      response: { 200: Type.Object({}, { additionalProperties: true, description: 'The OpenAPI document.' }) },
    },
    handler: async () => app.swagger(),
  });

  app.route({
    method: 'GET',
    url: '/docs',
    config: { public: true, produces: ['text/html'] },
    helmet: referencePolicy,
    schema: { hide: true, operationId: 'getReference', querystring: closed({}), response: { 200: Type.String() } },
    handler: async (_request, reply) => reply.type('text/html; charset=utf-8').send(page),
  });

  app.route({
    method: 'GET',
    url: '/docs/js/start.js',
    config: { public: true, produces: ['text/javascript'] },
    schema: { hide: true, operationId: 'getReferenceStart', querystring: closed({}), response: { 200: Type.String() } },
    handler: async (_request, reply) => reply.type(javaScript).send(startScript),
  });

  app.route({
    method: 'GET',
    url: '/docs/js/scalar.js',
    config: { public: true, produces: ['text/javascript'] },
    schema: { hide: true, operationId: 'getReferenceScript', querystring: closed({}), response: { 200: Type.Any() } },
    handler: async (_request, reply) => {
      if (script === undefined)
        throw new Problem('notFound', { detail: 'The reference is not part of this installation.' });
      return reply.header('cache-control', 'public, max-age=86400').type(javaScript).send(script);
    },
  });
};
