import type { FastifyReply } from 'fastify';
import { type Html, html } from './html.ts';

export interface Page {
  readonly title: string;
  readonly content: Html;
  /** The page says that something went wrong: its title says so first, for those who hear it. */
  readonly failed?: boolean;
  /** Where the browser goes on by itself, without script. */
  readonly continueAt?: string;
}

export interface PageOptions {
  /** Default 200. */
  readonly status?: number;
  /** The path of the public address, without a slash at its end: pages work behind a proxy that adds one. */
  readonly basePath: string;
  /** Where the answer to the page's form may lead besides this server: an origin or a scheme. */
  readonly formTarget?: string | undefined;
}

/**
 * Answers with a page. Its policy allows the stylesheet, forms to this server and nothing else.
 *
 * Chromium applies `form-action` to the redirects that follow a form too, so that the client to which a sign-in leads
 * must be named (Content Security Policy Level 3, section 6.4.2).
 */
export function sendPage(reply: FastifyReply, page: Page, options: PageOptions): FastifyReply {
  return reply
    .code(options.status ?? 200)
    .headers({
      'cache-control': 'no-store',
      'content-security-policy': policyOf(options.formTarget),
      // With no-referrer browsers send `Origin: null` with forms (Fetch, "serializing a request origin"), and where a
      // form came from is what we look at. Other sites still learn nothing.
      'referrer-policy': 'same-origin',
    })
    .type('text/html; charset=utf-8')
    .send(markupOf(page, options.basePath));
}

function policyOf(formTarget: string | undefined): string {
  const targets = ["'self'", ...(formTarget === undefined ? [] : [formTarget])].join(' ');
  return `default-src 'none';style-src 'self';base-uri 'none';form-action ${targets};frame-ancestors 'none'`;
}

/** What a host of a policy may look like; others, as IPv6 addresses, have no form there (CSP 3, section 2.3.1). */
const hostSource = /^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$/;
const schemeSource = /^[a-z][a-z0-9+.-]*:$/;

/** The source expression that covers a redirect URI; undefined when there is none. */
export function formTargetOf(redirectUri: string | undefined): string | undefined {
  if (redirectUri === undefined || !URL.canParse(redirectUri)) return undefined;
  const { origin, protocol } = new URL(redirectUri);
  if (hostSource.test(origin)) return origin;
  return schemeSource.test(protocol) ? protocol : undefined;
}

function markupOf(page: Page, basePath: string): string {
  const refresh =
    page.continueAt === undefined ? undefined : html`<meta http-equiv="refresh" content="0;url=${page.continueAt}">`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
${refresh}
<title>${page.failed === true ? 'Error: ' : ''}${page.title} · Rollcall</title>
<link rel="stylesheet" href="${basePath}/sign-in.css">
</head>
<body>
<div class="frame">
<header class="brand">${logo}<span>Rollcall</span></header>
<main class="card">
<h1>${page.title}</h1>
${page.content}
</main>
</div>
</body>
</html>
`.markup;
}

/** Three lines of a list, the last one ticked. */
const logo = html`<svg viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
<rect class="mark" width="32" height="32" rx="8"/>
<path class="lines" d="M8 10h16M8 16h9M8 22h6M17.5 20.5l3 3 5-6"/>
</svg>`;
