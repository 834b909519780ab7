import { createHash, randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** 256 bits from the system's generator (ASVS 5.0, 7.2.3 asks for 128). */
const secretBytes = 32;
const secretPattern = /^[A-Za-z0-9_-]{43}$/;
/** A host has a few; the header's own limit bounds the rest. */
const cookiesMax = 100;
const loopback = /^(?:localhost|[a-z0-9-]+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * How cookies go to this browser: `secure` over TLS, `loopback` over plain HTTP on this very machine, where browsers
 * let no other into the connection; `refused` over any other plain HTTP, where everybody on the way could take them.
 */
export type CookieMode = 'secure' | 'loopback' | 'refused';

export function cookieModeOf(request: FastifyRequest, publicUrl: string | undefined): CookieMode {
  // Fastify believes a proxy's word on this only where trusted ones are configured.
  if (publicUrl?.startsWith('https:') === true || request.protocol === 'https') return 'secure';
  const hosts = [request.hostname, ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])];
  return hosts.every((host) => loopback.test(host.toLowerCase())) ? 'loopback' : 'refused';
}

export type CookieName = 'rollcall' | 'rollcall-sign-in' | 'rollcall-callback';

/**
 * `__Host-`: the browser takes it only with Secure, without Domain and for the path `/`, so that no sibling domain can
 * plant one (RFC 6265bis, section 4.1.3.2).
 */
export function cookieNameOf(name: CookieName, mode: CookieMode): string {
  return mode === 'secure' ? `__Host-${name}` : name;
}

/** The value of a cookie of ours; undefined when it is absent or not allowed here. */
export function readCookie(request: FastifyRequest, name: CookieName, mode: CookieMode): string | undefined {
  const header = request.headers.cookie;
  if (header === undefined || mode === 'refused') return undefined;
  const start = `${cookieNameOf(name, mode)}=`;
  const pair = header.split(';', cookiesMax).find((one) => one.trimStart().startsWith(start));
  return pair?.trim().slice(start.length);
}

/** The value of a cookie that holds a secret of {@link newSecret}; undefined for any other form. */
export function readSecret(request: FastifyRequest, name: CookieName, mode: CookieMode): string | undefined {
  const value = readCookie(request, name, mode);
  return value !== undefined && secretPattern.test(value) ? value : undefined;
}

/** @param value undefined removes the cookie. It ends with the browser; the server ends it before. */
export function setCookie(
  reply: FastifyReply,
  cookie: { name: CookieName; mode: CookieMode; value: string | undefined },
) {
  const { name, mode, value } = cookie;
  // What we write is base64url, which needs no quoting.
  const parts = [`${cookieNameOf(name, mode)}=${value ?? ''}`, 'Path=/', 'HttpOnly', 'SameSite=Strict'];
  if (mode === 'secure') parts.push('Secure');
  if (value === undefined) parts.push('Max-Age=0');
  reply.header('set-cookie', parts.join('; '));
}

export function newSecret(): string {
  return randomBytes(secretBytes).toString('base64url');
}

/** What is stored of a secret: 256 random bits need no slow hash. */
export function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
