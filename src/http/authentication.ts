import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../lib/problem.ts';
import type { AccessVerifier, Principal } from '../modules/access/index.ts';
import { setPrincipal } from './request-context.ts';

export interface Denial {
  readonly principal: Principal;
  readonly operation: string;
  /** What was missing; names of ours only. */
  readonly detail: Readonly<Record<string, string>>;
}

export interface AuthenticationDeps {
  readonly access: AccessVerifier;
  /** Keeps the denial in the audit trail, before it is answered. */
  recordDenial(denial: Denial): Promise<void>;
}

/**
 * Lets nobody past without a token that carries the route's scope. Everything is protected that does not say
 * `public: true`, also addresses under /service that do not exist and methods that they do not have.
 */
export function addAuthentication(app: FastifyInstance, deps: AuthenticationDeps): void {
  app.addHook('onRequest', async (request, reply) => {
    if (isPublic(request)) return;
    // What is behind a token belongs into no cache, neither a proxy's nor a browser's.
    reply.header('cache-control', 'no-store');
    const principal = await deps.access.authenticate(request.headers.authorization);
    setPrincipal(request, principal);
    const denied = checkInstitution(request, principal) ?? checkScope(request, principal);
    if (denied === undefined) return;
    const operation = request.routeOptions.schema?.operationId ?? 'unknown';
    await deps.recordDenial({ principal, operation, detail: denied.audit });
    throw denied.problem;
  });
}

interface Refusal {
  readonly problem: Problem;
  readonly audit: Readonly<Record<string, string>>;
}

function isPublic(request: FastifyRequest): boolean {
  if (request.is404) return !/^\/service(?:[/?;]|$)/i.test(request.url);
  return request.routeOptions.config.public === true;
}

/** `Institution-Id` is for clients of several institutions; ours have one, so it can only agree. */
function checkInstitution(request: FastifyRequest, principal: Principal): Refusal | undefined {
  const named = request.headers['institution-id'];
  if (named === undefined || named === principal.institutionId) return undefined;
  return {
    problem: new Problem('forbidden', {
      detail: 'The access token is not for the institution that Institution-Id names.',
    }),
    audit: { missing: 'institution' },
  };
}

function checkScope(request: FastifyRequest, principal: Principal): Refusal | undefined {
  const { scope } = request.routeOptions.config;
  if (scope === undefined || principal.scopes.has(scope)) return undefined;
  return {
    problem: new Problem('forbidden', {
      detail: `The access token lacks the scope ${scope}.`,
      attributes: { scope },
      // RFC 6750 section 3.1
      headers: { 'WWW-Authenticate': `Bearer realm="rollcall", error="insufficient_scope", scope="${scope}"` },
    }),
    audit: { missing: 'scope', scope },
  };
}
