import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Problem } from '../lib/problem.ts';
import { type AccessVerifier, hasRoleFor, type Principal, ruleOf } from '../modules/access/index.ts';
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
 * Lets nobody past who lacks the route's right: its scope in the token and one of its roles. Everything is protected
 * that does not say `public: true`, also addresses under /service that do not exist and methods that they do not have.
 */
export function addAuthentication(app: FastifyInstance, deps: AuthenticationDeps): void {
  app.addHook('onRequest', async (request, reply) => {
    if (isPublic(request)) return;
    // What is behind a token belongs into no cache, neither a proxy's nor a browser's.
    reply.header('cache-control', 'no-store');
    const principal = await deps.access.authenticate({
      authorization: request.headers.authorization,
      apiKey: oneHeader(request, 'api-key'),
      institutionId: oneHeader(request, 'institution-id'),
      address: request.ip,
    });
    setPrincipal(request, principal);
    const denied = checkScope(request, principal) ?? checkRole(request, principal);
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

/** Node joins a header that is sent twice by ", ", which no key and no id contains. */
function oneHeader(request: FastifyRequest, name: 'api-key' | 'institution-id'): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

function checkScope(request: FastifyRequest, principal: Principal): Refusal | undefined {
  const { right } = request.routeOptions.config;
  if (right === undefined) return undefined;
  const { scope } = ruleOf(right);
  if (principal.scopes.has(scope)) return undefined;
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

function checkRole(request: FastifyRequest, principal: Principal): Refusal | undefined {
  const { right } = request.routeOptions.config;
  if (right === undefined || hasRoleFor(principal, right)) return undefined;
  const { roles } = ruleOf(right);
  return {
    problem: new Problem('forbidden', {
      detail: `This needs one of the roles ${roles.join(', ')}.`,
      attributes: { roles },
    }),
    audit: { missing: 'role', right },
  };
}
