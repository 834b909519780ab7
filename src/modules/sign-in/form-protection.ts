import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';

/**
 * The token that forms and unsafe calls bring besides the cookie: HMAC-SHA-256 under the cookie's secret, so that it
 * belongs to this one session and nothing is stored (OWASP Cross-Site Request Forgery Prevention Cheat Sheet, "HMAC
 * CSRF token"). Who can read the page has it; another site cannot.
 */
export function csrfTokenOf(secret: string): string {
  return createHmac('sha256', secret).update('rollcall csrf').digest('base64url');
}

/** Constant in time for tokens of equal length. */
export function isCsrfToken(secret: string, given: string | undefined): boolean {
  const expected = Buffer.from(csrfTokenOf(secret));
  const received = Buffer.from(given ?? '');
  return received.length === expected.length && timingSafeEqual(received, expected);
}

/**
 * Whether the browser says that a page of ours sent the request: `Sec-Fetch-Site` (Fetch Metadata) and `Origin`
 * (RFC 6454, section 7) must not contradict, and one of them must be there. Same site is not enough: a sibling
 * domain is another's.
 *
 * @param origin what the browser calls us, e.g. `https://rollcall.bank.example`
 */
export function isFromOurPage(request: Pick<FastifyRequest, 'headers'>, origin: string): boolean {
  const site = request.headers['sec-fetch-site'];
  const from = request.headers.origin;
  if (site === undefined && from === undefined) return false;
  return (site === undefined || site === 'same-origin') && (from === undefined || from === origin);
}
