import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { Problem } from '../lib/problem.ts';
import { findPortalFolder } from './page-files.ts';
import { encodedFile, readPortalFiles } from './portal-files.ts';
import { closed } from './schema-parts.ts';

/** Addresses of the portal's views, by operation: each answers with the one page, whose script shows the view. */
const viewAddresses = {
  getPortalAudiences: '/audiences',
  getPortalAudience: '/audiences/*',
  getPortalImport: '/import',
  getPortalImported: '/import/*',
  getPortalBuilder: '/build',
  getPortalTemplates: '/templates',
  getPortalOperations: '/operations',
  getPortalOperation: '/operations/*',
  getPortalHelp: '/help',
  getPortalDocument: '/help/*',
} as const;

const noncePlace = '__NONCE__';
const basePlace = '__BASE__';

export interface PortalOptions {
  readonly publicUrl: string | undefined;
  /** Where the build is; undefined = it was not built. */
  readonly findFolder?: () => string | undefined;
}

/**
 * The web application: one page, and its scripts and styles, which have a digest in their names and never change.
 * Nothing of it is there in a clone that has not built it; then `/` leads to the API reference.
 */
export const portalRoutes =
  ({ publicUrl, findFolder = findPortalFolder }: PortalOptions): FastifyPluginAsyncTypebox =>
  async (app) => {
    const folder = findFolder();
    const basePath = `${new URL(publicUrl ?? 'http://localhost').pathname.replace(/\/$/, '')}/`;
    const page = folder && readFileSync(join(folder, 'index.html'), 'utf8').replaceAll(basePlace, basePath);
    const html = { public: true, produces: ['text/html'] } as const;

    app.route({
      method: 'GET',
      url: '/',
      config: html,
      schema: { ...hidden('getPortal'), response: { 200: Type.String(), 302: Type.Null() } },
      handler: async (_request, reply) => (page === undefined ? reply.redirect('docs') : sendPage(reply, page)),
    });
    if (folder === undefined || page === undefined) return;

    for (const [operationId, url] of Object.entries(viewAddresses)) {
      app.route({
        method: 'GET',
        url,
        config: html,
        schema: { ...hidden(operationId), response: { 200: Type.String() } },
        handler: async (_request, reply) => sendPage(reply, page),
      });
    }
    const files = readPortalFiles(join(folder, 'assets'));
    app.route({
      method: 'GET',
      url: '/assets/:file',
      config: { public: true, produces: ['text/javascript', 'text/css', 'image/svg+xml'] },
      schema: {
        ...hidden('getPortalAsset'),
        params: closed({ file: Type.String({ pattern: '^[-_.A-Za-z0-9]{1,100}$' }) }),
        response: { 200: Type.Any() },
      },
      handler: async (request, reply) => {
        const file = files.get(request.params.file);
        if (file === undefined) throw new Problem('notFound', { detail: 'The portal has no such file.' });
        const { bytes, encoding } = encodedFile(file, request.headers['accept-encoding']?.toString() ?? '');
        if (encoding !== undefined) reply.header('content-encoding', encoding);
        return reply
          .header('cache-control', 'public, max-age=31536000, immutable')
          .header('vary', 'Accept-Encoding')
          .type(file.mediaType)
          .send(bytes);
      },
    });
  };

function hidden(operationId: string) {
  return { hide: true, operationId, querystring: Type.Object({}, { additionalProperties: true }) };
}

/** A nonce a page for the styles that components insert; scripts come from here only, and none is inline. */
function sendPage(reply: FastifyReply, page: string): FastifyReply {
  const nonce = randomBytes(16).toString('base64url');
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "manifest-src 'self'",
    "base-uri 'self'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return reply
    .header('content-security-policy', policy.join(';'))
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page.replaceAll(noncePlace, nonce));
}
