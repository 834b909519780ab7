import type { FastifyRequest } from 'fastify';
import type { SessionCredentials } from '../../http/authentication.ts';
import { Problem } from '../../lib/problem.ts';
import { type CookieMode, cookieModeOf, readSecret } from './browser-cookie.ts';
import { isCsrfToken, isFromOurPage } from './form-protection.ts';
import type { PortalSession, PortalSessions } from './portal-sessions.ts';
import { originOf } from './sign-in-desk.ts';

export interface SessionVerifier {
  /** What the cookie of a request stands for; undefined without one, and when its session is over. */
  findCredentials(request: FastifyRequest): Promise<SessionCredentials | undefined>;
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** For the calls of the API: the cookie stands for the token that the server keeps. */
export function createSessionVerifier(deps: {
  sessions: Pick<PortalSessions, 'find'>;
  publicUrl: string | undefined;
}): SessionVerifier {
  return {
    async findCredentials(request) {
      const secret = sessionSecretOf(request, deps.publicUrl);
      if (secret === undefined) return undefined;
      const session = await deps.sessions.find(secret);
      if (session === undefined) return undefined;
      return {
        authorization: `Bearer ${session.tokens.accessToken}`,
        institutionId: session.institutionId,
        signedInAt: session.authenticatedAt,
        isForged: !safeMethods.has(request.method) && !isOurs(request, secret, deps.publicUrl),
      };
    },
  };
}

export function sessionSecretOf(request: FastifyRequest, publicUrl: string | undefined): string | undefined {
  return readSecret(request, 'rollcall', sessionModeOf(request, publicUrl));
}

export function sessionModeOf(request: FastifyRequest, publicUrl: string | undefined): CookieMode {
  return cookieModeOf(request, publicUrl);
}

/**
 * The secret of a call that changes something.
 *
 * @throws Problem `unauthorized` without a cookie; `forbidden` when another site may have sent it
 */
export function secretOfCall(request: FastifyRequest, publicUrl: string | undefined): string {
  const secret = sessionSecretOf(request, publicUrl);
  if (secret === undefined) throw noSession();
  if (!isOurs(request, secret, publicUrl)) throw forgedCall();
  return secret;
}

export interface HeldSession extends PortalSession {
  readonly secret: string;
}

/** @throws Problem `unauthorized` when it is over */
export async function holdSession(
  sessions: Pick<PortalSessions, 'find'>,
  secret: string | undefined,
  options: { touch: boolean },
): Promise<HeldSession> {
  const session = secret === undefined ? undefined : await sessions.find(secret, options);
  if (secret === undefined || session === undefined) throw noSession();
  return { ...session, secret };
}

export function noSession(): Problem {
  return new Problem('unauthorized', {
    detail: 'There is no session, or it has ended. Sign in at /session/sign-in.',
    headers: { 'WWW-Authenticate': 'Bearer realm="rollcall"' },
  });
}

export function forgedCall(): Problem {
  return new Problem('forbidden', {
    detail: 'A change by session cookie needs the X-CSRF-Token of GET /session, sent by our own page.',
  });
}

function isOurs(request: FastifyRequest, secret: string, publicUrl: string | undefined): boolean {
  const header = request.headers['x-csrf-token'];
  const token = typeof header === 'string' ? header : undefined;
  return isCsrfToken(secret, token) && isFromOurPage(request, originOf(request, publicUrl));
}
