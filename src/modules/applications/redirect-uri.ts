import { Problem } from '../../lib/problem.ts';

export const redirectUrisMax = 20;
export const redirectUriCharactersMax = 500;

/** RFC 8252 section 7.3: addresses, because what `localhost` leads to is another's to say (section 8.3). */
const loopbackHosts: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]']);

/**
 * Holds a redirect URI to what can be compared character by character, and to where a code may be sent (RFC 9700
 * sections 2.1 and 4.1; RFC 6749 section 3.1.2): https, or http to the own machine; no fragment, user name or wildcard;
 * written as a browser writes it, so that no two of them differ in form alone.
 *
 * @throws Problem `unprocessableEntity`
 */
export function checkRedirectUri(uri: string, field: 'redirectUris' | 'postLogoutRedirectUris'): void {
  const fault = faultOf(uri);
  if (fault !== undefined) throw new Problem('unprocessableEntity', { detail: `One of ${field} ${fault}.` });
}

function faultOf(uri: string): string | undefined {
  if (uri.length > redirectUriCharactersMax) return `is longer than ${redirectUriCharactersMax} characters`;
  if (uri.includes('#')) return 'has a fragment';
  if (uri.includes('*')) return 'has a wildcard: redirect URIs are compared as they are';
  const url = URL.parse(uri);
  if (url === null) return 'is no absolute URI';
  if (url.protocol === 'http:') {
    if (!loopbackHosts.has(url.hostname)) return 'must begin with https:// (or http://127.0.0.1, http://[::1])';
  } else if (url.protocol !== 'https:') return 'must begin with https://';
  // An empty user name leaves its mark in the text only.
  if (url.username !== '' || url.password !== '' || /^https?:\/\/[^/?]*@/.test(uri)) return 'has a user name';
  if (url.href !== uri) return 'is not in its normal form, as a browser writes it (with the / after the host)';
  return undefined;
}
